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

from collections.abc import Callable, Mapping, Sequence
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
from tramita.portability.profile import profile_of
from tramita.portability.settings import PortabilitySettings

JOB: Final = "portability.take_message"
SOURCE: Final = "webhook"


async def take_message(runtime: Runtime, message_id: UUID) -> None:
    """Apply one message to its sender's contracts, or find out whose it is and try again later."""
    stray = await MESSAGES.deliver(runtime, message_id)
    if stray is not None and isinstance(stray.said, News):
        await _place(runtime, message_id, stray.provider, stray.said)


def _reader(runtime: Runtime, sender: str) -> Callable[[bytes], News | NotForUs | NotUnderstood]:
    return runtime.gateway(ProposalGateway, sender).read_message


async def _apply(
    runtime: Runtime, work: UnitOfWork, told: Sequence[inbox.Told[News | NotForUs]]
) -> Mapping[UUID, inbox.Left]:
    """Apply what a sender told; open stays what speaks of nobody's proposal that we know."""
    news = [(one, one.said) for one in told if isinstance(one.said, News)]
    if not news:
        return {}
    lender = profile_of(runtime, work.actor)
    owners = await apply_news(work, lender, [(said, SOURCE) for _, said in news])
    unplaced = [said for _, said in news if said.proposal_key not in owners]
    if unplaced:
        owners |= await note_unwanted(work, lender.provider, unplaced, SOURCE)
    patience = _patience(runtime)

    def left(one: inbox.Told[News | NotForUs], key: str) -> inbox.Left:
        if key in owners:
            return inbox.About(owners[key])
        # Of one that has only just come the proposal's answer is on its way, most likely.
        return inbox.Later(patience) if one.age < patience else inbox.Open()

    return {one.id: left(one, said.proposal_key) for one, said in news}


def _patience(runtime: Runtime) -> timedelta:
    return timedelta(seconds=runtime.configured(PortabilitySettings).message_pause)


# Each sender's by themselves: contracts are locked first, and their envelopes last.
MESSAGES: Final = inbox.Reading(JOB, _reader, _apply, together=True)


async def _place(runtime: Runtime, message_id: UUID, sender: str, news: News) -> None:
    """Find out whose proposal it is, and do what follows from that."""
    said = await _ask_whose(runtime, message_id, ProposalRef(sender, news.proposal_key, None))
    number = said.value.contract_number if isinstance(said, Done) else None
    async with runtime.database.unit_of_work(actor=sender) as work:
        claimed = await inbox.claim(work, [message_id])
        if not claimed:
            return
        received_at, age = claimed[message_id]
        others = [one for one in runtime.providers(ProposalGateway) if one != sender]
        # Another bank may well use the same key; not where the sender's bank knows no such one.
        unknown = news.proposal_key if isinstance(said, Refused) else None
        foreign = await find_foreign(work, others, number=number, key=unknown)
        owner = await find_owner(work, sender, number) if number is not None else None
        left: inbox.Left | None = foreign or (inbox.About(owner.id) if owner else None)
        if foreign is None and not (
            number is not None
            and await settle_stray(work, sender, news, SOURCE, owner=owner, received_at=received_at)
        ):
            wait = timedelta(seconds=runtime.configured(PortabilitySettings).message_wait)
            if age < wait:
                left = inbox.Later(_patience(runtime))
            else:
                await keep_unmatched(work, sender, news, SOURCE)
        await MESSAGES.settle(work, claimed, {message_id: left} if left else {})


async def _ask_whose(runtime: Runtime, message_id: UUID, ref: ProposalRef) -> Outcome[News]:
    """The proposal as its sender's bank shows it, with our contract number."""
    gateway = runtime.gateway(ProposalGateway, ref.provider)
    return await gateway.read_news(ref, Attempt(message_id, f"whose:{ref.key}"))


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, take_message)]
