"""Asking messengers for updates, where nobody can post to us.

One worker asks at a time. What it is given is kept, and only then forgotten there: the next
question says up to where. One that dies in between is given the same again, and it is known again.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from typing import Final

import structlog

from tramita.chats.ports import ChatUpdates, Fetched
from tramita.chats.receiving.keeping import is_asked, new_attempt
from tramita.kit import inbox
from tramita.kit.jobs import Schedule
from tramita.kit.outcome import Done, NotSent
from tramita.kit.provider import Receiver
from tramita.kit.runtime import Runtime

log = structlog.get_logger(__name__)

# As long as this a messenger that does not answer is left alone, and other workers with it.
_LONGEST_PAUSE: Final = timedelta(seconds=10)
_PAUSE: Final = timedelta(seconds=2)
# So long one run goes on asking; a worker that is told to stop waits for no more than its end.
_TURN: Final = timedelta(seconds=15)


async def poll(runtime: Runtime, turn: timedelta = _TURN) -> None:
    """Ask every messenger that is to be asked, once and then for as long as our turn lasts."""
    asked = [one for one in runtime.providers(ChatUpdates) if is_asked(runtime, one)]
    ends = monotonic() + turn.total_seconds()
    await asyncio.gather(*(_poll(runtime, provider, ends) for provider in asked))


async def _poll(runtime: Runtime, provider: str, ends: float) -> None:
    gateway, receiver = runtime.gateway(ChatUpdates, provider), runtime.receivers[provider]
    after: int | None = None
    while True:
        outcome = await gateway.fetch(after, new_attempt())
        if not isinstance(outcome, Done):
            log.warning("updates_not_fetched", provider=provider, outcome=repr(outcome))
            wait = outcome.retry_in if isinstance(outcome, NotSent) else _PAUSE
            await asyncio.sleep(min(wait, _LONGEST_PAUSE).total_seconds())
            return
        if outcome.value:
            await _keep(runtime, provider, receiver, outcome.value)
            after = outcome.value[-1].update_id
        if monotonic() >= ends:
            return


async def _keep(
    runtime: Runtime, provider: str, receiver: Receiver, updates: Sequence[Fetched]
) -> None:
    name = receiver.vendor_id or (lambda _: None)
    postings = [inbox.Posting(provider, one.body, receiver.job, name(one.body)) for one in updates]
    async with runtime.database.unit_of_work(actor=provider) as work:
        await inbox.receive_all(work, postings)


SCHEDULES: Final = [Schedule("chats.poll", "* * * * * */2", poll)]
