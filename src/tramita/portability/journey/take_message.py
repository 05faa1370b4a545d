"""``portability.take_message``: what the provider told us of its own accord.

The message is kept already; here it is put into our words and applied: read as its sender
writes, and applied to its sender's contracts only. Where it speaks of a proposal that we do
not know, its sender is asked whose that is:

- a contract's whose insertion nobody knows the end of: reconciliation judges it;
- a contract's whose answer is still on its way: the message is tried again a little later;
- one more than its contract wants: it is cancelled there;
- another provider's: it changes nothing, and is kept among what nobody understood;
- nobody's of ours: it is kept as unmatched.

What cannot be told is tried again with growing pauses, for hours, then kept as unmatched.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.inbox import NotYet
from tramita.kit.jobs import Job
from tramita.kit.outcome import Done, Outcome, Refused
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.portability.journey.apply_news import apply_news
from tramita.portability.journey.strays import (
    find_foreign,
    find_owner,
    keep_unmatched,
    note_unwanted,
    settle_stray,
)
from tramita.portability.ports import News, NotForUs, ProposalGateway, ProposalRef
from tramita.portability.profile import profile_of
from tramita.portability.settings import PortabilitySettings

JOB: Final = "portability.take_message"
SOURCE: Final = "webhook"


async def take_message(runtime: Runtime, message_id: UUID) -> None:
    """Apply one message to its sender's contracts, or find out whose it is and try again later."""
    strays: list[tuple[str, News]] = []

    def reader(sender: str) -> Callable[[bytes], list[News] | NotUnderstood]:
        gateway = runtime.gateway(ProposalGateway, sender)

        def read(body: bytes) -> list[News] | NotUnderstood:
            said = gateway.read_message(body)
            if isinstance(said, NotUnderstood):
                return said
            return [] if isinstance(said, NotForUs) else [said]

        return read

    async def apply(work: UnitOfWork, said: list[News]) -> None:
        sender = work.actor
        for stray in await apply_news(
            work, profile_of(runtime, sender), [(one, SOURCE) for one in said]
        ):
            if not await note_unwanted(work, sender, stray, SOURCE):
                strays.append((sender, stray))
                raise NotYet

    try:
        await inbox.deliver(runtime.database, message_id, reader=reader, effect=apply)
    except NotYet:
        [(sender, news)] = strays
        await _place(runtime, message_id, sender, news)


async def _place(runtime: Runtime, message_id: UUID, sender: str, news: News) -> None:
    """Find out whose proposal it is, and do what follows from that."""
    said = await _ask_whose(runtime, message_id, ProposalRef(sender, news.proposal_key, None))
    number = said.value.contract_number if isinstance(said, Done) else None
    async with runtime.database.unit_of_work(actor=sender) as work:
        received_at = await inbox.claim(work, message_id)
        if received_at is None:
            return
        others = [one for one in runtime.providers(ProposalGateway) if one != sender]
        # Another bank may well use the same key; not where the sender's bank knows no such one.
        unknown = news.proposal_key if isinstance(said, Refused) else None
        foreign = await find_foreign(work, others, number=number, key=unknown)
        owner = await find_owner(work, sender, number) if number is not None else None
        if foreign is not None:
            await inbox.finish(work, message_id, foreign)
        elif number is not None and await settle_stray(
            work, sender, news, SOURCE, owner=owner, received_at=received_at
        ):
            await inbox.finish(work, message_id)
        elif not await _is_postponed(runtime, work, message_id):
            await keep_unmatched(work, sender, news, SOURCE)
            await inbox.finish(work, message_id)


async def _ask_whose(runtime: Runtime, message_id: UUID, ref: ProposalRef) -> Outcome[News]:
    """The proposal as its sender's bank shows it, with our contract number."""
    gateway = runtime.gateway(ProposalGateway, ref.provider)
    return await gateway.read_news(ref, Attempt(message_id, f"whose:{ref.key}"))


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
