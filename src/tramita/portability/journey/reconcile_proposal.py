"""``portability.reconcile_proposal``: ask the provider what became of a proposal.

An answer was lost, late, unreadable, or nobody knows whether the proposal arrived. The
provider is asked by our contract number, or by the proposal's key once that is known:

- it holds one: that one is read and judged, as if it had been the first answer; one that was
  signed meanwhile, or has gone on, is followed from where it stands;
- it holds several: the eldest live one is judged, the others are cancelled there;
- it has taken it and decides: it is asked from time to time until it has, by webhook at once;
  after the time that the lender gave itself a person is asked;
- it has ended it itself: its reason is the contract's;
- it holds none, and goes on saying so for a while: the proposal is sent again;
- it does not answer such questions: its webhook may tell (``take_message``), for a
  while; then a person is asked.

While this goes on the contract counts as being inserted. It ends: in a decision, in
sending again, or parked for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, TypeAlias, assert_never
from uuid import UUID

import asyncpg

from tramita.kit.calendar import day_in_brazil
from tramita.kit.jobs import Job
from tramita.kit.operations.asking import Nothing, NoWord, Question, Said, There
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.bound_keys import UNIQUE_KEYS
from tramita.portability.journey.decisions import (
    Accepted,
    Asking,
    Candidate,
    Deciding,
    Decision,
    InsertionResult,
    InsertionTask,
    Later,
    Parked,
    Withdrawn,
)
from tramita.portability.journey.doubles import confirm_doubles
from tramita.portability.journey.insert_proposal import INSERTION
from tramita.portability.journey.judging import decide_later, judge
from tramita.portability.journey.poll_proposal import poll_proposal
from tramita.portability.ports import (
    FoundProposal,
    ProposalAnswer,
    ProposalGateway,
    ProposalRef,
)
from tramita.portability.reasons import Reason
from tramita.portability.settings import PortabilitySettings
from tramita.portability.words import PARKED

_Said: TypeAlias = Said[Candidate, Decision]


@dataclass(frozen=True, slots=True)
class _Found:
    """The proposal to judge, and its live doubles."""

    key: str
    surplus: tuple[str, ...] = ()


async def reconcile_proposal(runtime: Runtime, operation_id: UUID) -> None:
    """Ask once what became of an unknown proposal, and record what was learnt."""
    try:
        result = await QUESTION.settle(runtime, operation_id)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name not in UNIQUE_KEYS:
            raise
        # Another contract has got a key of the answer since it was judged: rule 2 is for whoever asks next.
        return
    if result and isinstance(result.decision, Accepted) and result.decision.has_gone_on:
        await poll_proposal(runtime, result.task.operation.subject_id)


async def _find(runtime: Runtime, task: InsertionTask, doubt: Doubt) -> _Said:
    said = await _look(runtime, task, doubt)
    by = task.request.decides_by
    if not doubt.is_pending or by is None or task.operation.taken_at <= by or _is_end(said):
        return said
    why = f"The lender was to decide by {day_in_brazil(by).isoformat()}, and has not."
    parked = Parked((Reason(PARKED, why),))
    return There(InsertionResult(task, parked, OperationTrigger.PARK, reason=why))


def _is_end(said: _Said) -> bool:
    return isinstance(said, There) and not isinstance(said.result.decision, Deciding)


async def _look(runtime: Runtime, task: InsertionTask, doubt: Doubt) -> _Said:
    patience = runtime.configured(PortabilitySettings)
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    answer = await _find_key(gateway, task, doubt)
    match answer:
        case Done(found):
            if found is None:
                return _nothing_there(task, doubt, patience)
            return await _read(runtime, task, doubt, found)
        case Refused(code, reason):
            why = f"The provider does not say what became of it ({code}: {reason})."
            return _no_word(doubt, why, patience.webhook_wait)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            why = f"The provider could not be asked what became of it: {reason}"
            return _no_word(doubt, why, patience.outage_wait)
        case _:
            assert_never(answer)


async def _find_key(
    gateway: ProposalGateway, task: InsertionTask, doubt: Doubt
) -> Outcome[_Found | None]:
    if doubt.reference is not None:
        return Done(_Found(doubt.reference))
    proposal = task.request.proposal
    outcome = await gateway.find_proposals(proposal.contract_number, task.attempt)
    if not isinstance(outcome, Done):
        return outcome
    return Done(_choose([one for one in outcome.value if one.key not in task.request.unwanted]))


def _choose(found: Sequence[FoundProposal]) -> _Found | None:
    """The eldest live one; where none lives, the last, whose end then decides."""
    live = [one.key for one in found if one.is_live]
    if live:
        return _Found(live[0], tuple(live[1:]))
    return _Found(found[-1].key) if found else None


async def _read(runtime: Runtime, task: InsertionTask, doubt: Doubt, found: _Found) -> _Said:
    patience = runtime.configured(PortabilitySettings)
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    outcome = await gateway.read_proposal(_ref(task, found.key), task.attempt)
    match outcome:
        case Done(ProposalAnswer() as answer) if not _is_ours(task, answer):
            # Whoever understood our question would not have named it.
            why = f"The provider answers with {found.key}, which is another contract's."
            return _no_word(doubt, why, patience.webhook_wait)
        case Pending():
            return There(decide_later(task, outcome))
        case Done(answer):
            today = day_in_brazil(task.operation.taken_at)
            doubles = [_ref(task, key) for key in found.surplus]
            surplus = await confirm_doubles(gateway, doubles, task.attempt)
            result = await judge(
                runtime, task, answer, today=today, surplus=surplus, may_have_gone_on=True
            )
            if not isinstance(result.decision, Asking):
                return There(result)
            said = _no_word(doubt, result.reason or "", patience.webhook_wait, is_there=True)
            reasons = result.decision.reasons
            return replace(said, waiting=Asking(reasons), then=Parked(reasons))
        case Refused(code, reason):
            why = f"The provider holds {found.key} and does not show it ({code}: {reason})."
            return _no_word(doubt, why, patience.webhook_wait, is_there=True)
        case NotSent(reason) | Unknown(reason):
            why = f"The provider could not be asked for {found.key}: {reason}"
            return _no_word(doubt, why, patience.outage_wait, is_there=True)
        case _:
            assert_never(outcome)


def _ref(task: InsertionTask, key: str) -> ProposalRef:
    return ProposalRef(task.operation.provider, key, task.request.proposal.contract_number)


def _is_ours(task: InsertionTask, answer: ProposalAnswer) -> bool:
    return answer.portability.contract_number == task.request.proposal.contract_number


def _nothing_there(
    task: InsertionTask, doubt: Doubt, patience: PortabilitySettings
) -> Nothing[Decision]:
    why = "The provider says that there is no such proposal."
    is_cancelled = task.request.is_cancelled
    return Nothing(
        why=why,
        left=doubt.left_to_believe(timedelta(seconds=patience.not_found_for)),
        waiting=Asking((Reason(PARKED, why),)),
        then=Withdrawn() if is_cancelled else Later(),
        trigger=OperationTrigger.WITHDRAW if is_cancelled else OperationTrigger.NOT_SENT,
    )


def _no_word(doubt: Doubt, why: str, limit: float, *, is_there: bool = False) -> NoWord[Decision]:
    """When it lasts longer than ``limit`` seconds, a person is asked."""
    said = (Reason(PARKED, why),)
    left = doubt.left_of(timedelta(seconds=limit))
    return NoWord(why=why, left=left, waiting=Asking(said), then=Parked(said), is_there=is_there)


QUESTION: Final = Question(
    INSERTION, _find, lambda runtime: runtime.configured(PortabilitySettings).first_pause
)
JOBS: list[Job[Runtime]] = [Job("portability.reconcile_proposal", reconcile_proposal)]
