"""``portability.take_message``: what the provider told us of its own accord.

The message is kept already; here it is put into our words and applied. Where it speaks of
a proposal that we do not know, the provider is asked whose that is:

- a contract's whose insertion nobody knows the end of: reconciliation judges it;
- a contract's whose answer is still on its way: the message is tried again a little later;
- one more than its contract wants: it is cancelled there;
- nobody's of ours: it is kept as unmatched.

What cannot be told is tried again with growing pauses, for hours, then kept as unmatched.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.inbox import NotYet
from tramita.kit.jobs import Job
from tramita.kit.outcome import Done
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.portability.journey.apply_news import apply_news
from tramita.portability.journey.strays import (
    find_owner,
    keep_unmatched,
    note_unwanted,
    settle_stray,
)
from tramita.portability.ports import News, NotForUs, ProposalGateway
from tramita.portability.provider import PROVIDER
from tramita.portability.settings import PortabilitySettings

JOB: Final = "portability.take_message"
SOURCE: Final = "webhook"


async def take_message(runtime: Runtime, message_id: UUID) -> None:
    """Apply one message, or find out whose it is and try again later."""
    gateway = runtime.gateway(ProposalGateway, PROVIDER)
    strays: list[News] = []

    def read(body: bytes) -> list[News] | NotUnderstood:
        said = gateway.read_message(body)
        if isinstance(said, NotUnderstood):
            return said
        return [] if isinstance(said, NotForUs) else [said]

    async def apply(work: UnitOfWork, said: list[News]) -> None:
        strays.extend(await apply_news(work, [(one, SOURCE) for one in said]))
        if strays and not await note_unwanted(work, strays[0], SOURCE):
            raise NotYet

    try:
        await inbox.deliver(runtime.database, message_id, read=read, effect=apply)
    except NotYet:
        await _place(runtime, message_id, strays[0])


async def _place(runtime: Runtime, message_id: UUID, news: News) -> None:
    """Find out whose proposal it is, and do what follows from that."""
    number = await _ask_whose(runtime, message_id, news)
    async with runtime.database.unit_of_work(actor=PROVIDER) as work:
        received_at = await inbox.claim(work, message_id)
        if received_at is None:
            return
        owner = await find_owner(work, number) if number is not None else None
        if number is not None and await settle_stray(
            work, news, SOURCE, owner=owner, received_at=received_at
        ):
            await inbox.finish(work, message_id)
        elif not await _is_postponed(runtime, work, message_id):
            await keep_unmatched(work, news, SOURCE)
            await inbox.finish(work, message_id)


async def _ask_whose(runtime: Runtime, message_id: UUID, news: News) -> str | None:
    """Our contract number of the proposal; ``None`` when the provider cannot say."""
    gateway = runtime.gateway(ProposalGateway, PROVIDER)
    attempt = Attempt(message_id, f"whose:{news.proposal_key}")
    outcome = await gateway.read_news(news.proposal_key, attempt)
    return outcome.value.contract_number if isinstance(outcome, Done) else None


async def _is_postponed(runtime: Runtime, work: UnitOfWork, message_id: UUID) -> bool:
    patience = runtime.configured(PortabilitySettings)
    return await inbox.postpone(
        work,
        message_id,
        job=JOB,
        first=timedelta(seconds=patience.message_pause),
        give_up_after=timedelta(seconds=patience.message_wait),
    )


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, take_message)]
