"""``portability.take_message``: what the provider told us of its own accord.

The message is kept already; here it is put into our words and applied: read as its sender
writes, and applied to its sender's contracts only. Where it speaks of a proposal that we do
not know, its sender is asked whose that is:

- a contract's whose insertion nobody knows the end of: reconciliation judges it;
- a contract's whose answer is still on its way: the message is tried again a little later
  (one that has only just come is tried again without asking);
- one more than its contract wants: it is cancelled there;
- another provider's: it changes nothing, and is kept among what nobody understood;
- nobody's of ours: it is kept as unmatched.

What cannot be told is tried again with growing pauses, for hours, then kept as unmatched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
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
from tramita.portability.profile import LenderProfile, profile_of
from tramita.portability.settings import PortabilitySettings

JOB: Final = "portability.take_message"
SOURCE: Final = "webhook"


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message and what it says; younger than ``patience``, nobody is asked about it."""

    message: inbox.Waiting
    lender: LenderProfile
    said: News | NotForUs | NotUnderstood
    patience: timedelta


async def take_message(runtime: Runtime, message_id: UUID) -> None:
    """Apply one message to its sender's contracts, or find out whose it is and try again later."""
    message = await runtime.gathered(inbox.find_waiting).add(message_id)
    if message is None:
        return
    gateway = runtime.gateway(ProposalGateway, message.provider)
    said: News | NotForUs | NotUnderstood = inbox.read(gateway.read_message, message.body)
    patience = timedelta(seconds=runtime.configured(PortabilitySettings).message_pause)
    # Each sender's by themselves: contracts are locked first, and their envelopes last.
    taking = runtime.gathered(_take, message.provider)
    lender = profile_of(runtime, message.provider)
    is_stray = await taking.add(_Taken(message, lender, said, patience))
    if is_stray and isinstance(said, News):
        await _place(runtime, message_id, message.provider, said)


async def _take(work: UnitOfWork, taken: Sequence[_Taken]) -> list[bool]:
    """Apply messages of one sender, in the order of their coming; true for what is to be placed."""
    lender = taken[0].lender
    work.actor = lender.provider
    waiting = await inbox.claim_all(work, [one.message.id for one in taken])
    coming = sorted(taken, key=lambda one: one.message.received_at)
    mine = {one.message.id: one for one in coming if one.message.id in waiting}
    news = {id_: one.said for id_, one in mine.items() if isinstance(one.said, News)}
    strays = await _apply(work, lender, news)
    young = {id_ for id_ in strays if mine[id_].message.age < mine[id_].patience}
    for id_ in young:
        # Its proposal's answer is on its way, most likely.
        age, patience = mine[id_].message.age, mine[id_].patience
        inbox.try_again(work, id_, job=JOB, age=age, first=patience)
    await inbox.finish_all(work, [id_ for id_ in mine if id_ not in strays])
    for id_, one in mine.items():
        if isinstance(one.said, NotUnderstood):
            await inbox.keep_as_not_understood(work, id_, one.said)
    return [one.message.id in strays - young for one in taken]


async def _apply(work: UnitOfWork, lender: LenderProfile, news: Mapping[UUID, News]) -> set[UUID]:
    """Apply news by their message; answers those whose proposal is nobody's that we know."""
    if not news:
        return set()
    unplaced = await apply_news(work, lender, [(one, SOURCE) for one in news.values()])
    if not unplaced:
        return set()
    keys = {one.proposal_key for one in unplaced}
    keys -= await note_unwanted(work, lender.provider, unplaced, SOURCE)
    return {id_ for id_, one in news.items() if one.proposal_key in keys}


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
