"""``portability.poll_proposal``: ask the provider where a proposal stands.

The second source beside webhooks: whatever they lost is found here, and goes the same way.
The provider is also asked for all its proposals of the contract; a second live one is
cancelled there. Where it cannot be asked, it is asked again in a few minutes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.jobs import Job
from tramita.kit.operations import doubts
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.standing import in_states
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.journey.apply_news import apply_news
from tramita.portability.journey.compensation import want_gone
from tramita.portability.journey.doubles import find_doubles
from tramita.portability.later_life.expected_times import UNANSWERED
from tramita.portability.later_life.lives import ask_within
from tramita.portability.later_life.polling import POLL
from tramita.portability.ports import News, ProposalGateway, ProposalRef
from tramita.portability.profile import profile_of

SOURCE: Final = "poll"
# Polls under way at once, over all workers: a question can wait, the work cannot.
CONCURRENCY: Final = 10


@dataclass(frozen=True, slots=True)
class _Asked:
    """The contract whose proposal is asked about; ``now`` is the platform's time."""

    id: UUID
    provider: str
    number: str
    proposal_key: str
    now: datetime

    @property
    def ref(self) -> ProposalRef:
        """The proposal."""
        return ProposalRef(self.provider, self.proposal_key, self.number)


async def poll_proposal(runtime: Runtime, contract_id: UUID) -> None:
    """Ask where one contract's proposal stands, and apply the answer like any message."""
    asked = await _find(runtime, contract_id)
    if asked is None:
        await _ask_lender(runtime, contract_id)
        return
    attempt = Attempt(asked.id, f"poll:{asked.number}")
    news = await _read(runtime, asked, attempt)
    doubles = await find_doubles(
        runtime, asked.provider, asked.number, attempt, own=asked.proposal_key
    )
    async with runtime.database.unit_of_work(actor=asked.provider) as work:
        if news is None:
            await ask_within(work, [asked.id], UNANSWERED)
        else:
            await apply_news(work, profile_of(runtime, asked.provider), [(news, SOURCE)])
        if doubles:
            why = "a double of the contract's proposal"
            await want_gone(work, [(key, asked.id, why) for key in doubles])


async def _ask_lender(runtime: Runtime, contract_id: UUID) -> None:
    """Have a lender asked that has taken the proposal and decides."""
    async with runtime.database.unit_of_work(actor=POLL) as work:
        rows = await work.fetch(
            "SELECT o.id FROM envelope_contracts AS c JOIN operations AS o "  # noqa: S608 - constants
            f"ON o.id = c.insertion_id WHERE c.id = $1 AND {in_states('o', OperationState.PENDING)}",
            contract_id,
        )
        await doubts.ask_now(work, [row["id"] for row in rows])


async def _find(runtime: Runtime, contract_id: UUID) -> _Asked | None:
    async with runtime.database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT id, provider, number_at_provider AS number, proposal_key, "
            "tramita_now() AS now FROM envelope_contracts "
            "WHERE id = $1 AND proposal_key IS NOT NULL AND poll_at IS NOT NULL",
            contract_id,
        )
    return _Asked(**rows[0]) if rows else None


async def _read(runtime: Runtime, asked: _Asked, attempt: Attempt) -> News | None:
    """What the provider says; ``None`` when it could not be asked."""
    gateway = runtime.gateway(ProposalGateway, asked.provider)
    outcome = await gateway.read_news(asked.ref, attempt)
    match outcome:
        case Done(news):
            return news
        case Refused(code, reason):
            # It does not know a proposal of which it told us: shown, and asked again.
            said = f"{code}: {reason}"
            return News(asked.proposal_key, asked.now, said, is_recognized=False)
        case NotSent() | Unknown() | Pending():
            return None
        case _:
            assert_never(outcome)


JOBS: Final[list[Job[Runtime]]] = [Job(POLL, poll_proposal, concurrency=CONCURRENCY)]
