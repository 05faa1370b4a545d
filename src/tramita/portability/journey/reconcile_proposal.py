"""``portability.reconcile_proposal``: ask the provider what became of a proposal.

An answer was lost, late, unreadable, or nobody knows whether the proposal arrived. The
provider is asked by our contract number, or by the proposal's key once that is known:

- it holds one: that one is read and judged, as if it had been the first answer; one that was
  signed meanwhile, or has gone on, is followed from where it stands;
- it holds several: the eldest live one is judged, the others are cancelled there;
- it holds none, and goes on saying so for a while: the proposal is sent again;
- it does not answer such questions: its webhook may tell (``take_message``), for a
  while; then a person is asked.

While this goes on the contract counts as being inserted. It ends: in a decision, in
sending again, or parked for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from tramita.kit.calendar import day_in_brazil
from tramita.kit.jobs import Job
from tramita.kit.operations.ledger import Doubt
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.journey.decisions import (
    Accepted,
    Asking,
    InsertionResult,
    InsertionTask,
    Later,
    Parked,
    Withdrawn,
)
from tramita.portability.journey.doubles import confirm_doubles
from tramita.portability.journey.insert_proposal import INSERTION
from tramita.portability.journey.judging import judge
from tramita.portability.journey.poll_proposal import poll_proposal
from tramita.portability.ports import FoundProposal, ProposalAnswer, ProposalGateway
from tramita.portability.reasons import Reason
from tramita.portability.settings import PortabilitySettings
from tramita.portability.words import PARKED


@dataclass(frozen=True, slots=True)
class _Found:
    """The proposal to judge, and its live doubles."""

    key: UUID
    surplus: tuple[UUID, ...] = ()


async def reconcile_proposal(runtime: Runtime, operation_id: UUID) -> None:
    """Ask once what became of an unknown proposal, and record what was learnt."""
    desk = runtime.desk(INSERTION)
    task = await desk.take_unknown(operation_id)
    if task is None or task.operation.doubt is None:
        return  # Known meanwhile, or somebody else is asking.
    result = await _ask(runtime, task, task.operation.doubt)
    is_applied = await desk.hand_in(result)
    if is_applied and isinstance(result.decision, Accepted) and result.decision.has_gone_on:
        await poll_proposal(runtime, task.operation.subject_id)


async def _ask(runtime: Runtime, task: InsertionTask, doubt: Doubt) -> InsertionResult:
    patience = runtime.configured(PortabilitySettings)
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    answer = await _find(gateway, task, doubt)
    match answer:
        case Done(found):
            if found is None:
                return _nothing_there(task, doubt, patience)
            return await _read(runtime, task, doubt, found)
        case Refused(code, reason):
            why = f"The provider does not say what became of it ({code}: {reason})."
            return _go_on_asking(task, doubt, why, patience, patience.webhook_wait)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            why = f"The provider could not be asked what became of it: {reason}"
            return _go_on_asking(task, doubt, why, patience, patience.outage_wait)
        case _:
            assert_never(answer)


async def _find(
    gateway: ProposalGateway, task: InsertionTask, doubt: Doubt
) -> Outcome[_Found | None]:
    if doubt.reference is not None:
        return Done(_Found(UUID(doubt.reference)))
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


async def _read(
    runtime: Runtime, task: InsertionTask, doubt: Doubt, found: _Found
) -> InsertionResult:
    patience = runtime.configured(PortabilitySettings)
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    outcome = await gateway.read_proposal(found.key, task.attempt)
    match outcome:
        case Done(ProposalAnswer() as answer) if not _is_ours(task, answer):
            # Whoever understood our question would not have named it.
            why = f"The provider answers with {found.key}, which is another contract's."
            return _go_on_asking(task, doubt, why, patience, patience.webhook_wait)
        case Done(answer):
            today = day_in_brazil(task.operation.taken_at)
            number = task.request.proposal.contract_number
            surplus = await confirm_doubles(
                gateway, found.surplus, contract_number=number, attempt=task.attempt
            )
            result = await judge(
                runtime, task, answer, today=today, surplus=surplus, may_have_gone_on=True
            )
            if not isinstance(result.decision, Asking):
                return result
            why, reasons = result.reason or "", result.decision.reasons
            going_on = _go_on_asking(task, doubt, why, patience, patience.webhook_wait, reasons)
            return replace(going_on, found_nothing=False)
        case Refused(code, reason):
            why = f"The provider holds {found.key} and does not show it ({code}: {reason})."
            going_on = _go_on_asking(task, doubt, why, patience, patience.webhook_wait)
            return replace(going_on, found_nothing=False)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            why = f"The provider could not be asked for {found.key}: {reason}"
            going_on = _go_on_asking(task, doubt, why, patience, patience.outage_wait)
            return replace(going_on, found_nothing=False)
        case _:
            assert_never(outcome)


def _is_ours(task: InsertionTask, answer: ProposalAnswer) -> bool:
    return answer.portability.contract_number == task.request.proposal.contract_number


def _nothing_there(
    task: InsertionTask, doubt: Doubt, patience: PortabilitySettings
) -> InsertionResult:
    """One "not found" is not enough: what was sent may still be on its way."""
    why = "The provider says that there is no such proposal."
    believed_after = timedelta(seconds=patience.not_found_for)
    if doubt.nothing_for is None or doubt.nothing_for < believed_after:
        left = believed_after - (doubt.nothing_for or timedelta(0))
        return InsertionResult(
            task,
            Asking((Reason(PARKED, why),)),
            OperationTrigger.UNKNOWN,
            reason=why,
            retry_in=min(_pause(doubt, patience), left),
            found_nothing=True,
        )
    if task.request.is_cancelled:
        return InsertionResult(task, Withdrawn(), OperationTrigger.WITHDRAW, reason=why)
    return InsertionResult(task, Later(), OperationTrigger.NOT_SENT, reason=why)


def _go_on_asking(
    task: InsertionTask,
    doubt: Doubt,
    why: str,
    patience: PortabilitySettings,
    limit: float,
    reasons: tuple[Reason, ...] = (),
) -> InsertionResult:
    """Ask again later, or, when it lasts longer than ``limit`` seconds, ask a person."""
    said = reasons or (Reason(PARKED, why),)
    left = timedelta(seconds=limit) - doubt.lasts
    if left <= timedelta(0):
        return InsertionResult(task, Parked(said), OperationTrigger.PARK, reason=why)
    return InsertionResult(
        task,
        Asking(said),
        OperationTrigger.UNKNOWN,
        reason=why,
        retry_in=min(_pause(doubt, patience), left),
    )


def _pause(doubt: Doubt, patience: PortabilitySettings) -> timedelta:
    return pause_after(doubt.asked, timedelta(seconds=patience.ask_after))


JOBS: list[Job[Runtime]] = [Job("portability.reconcile_proposal", reconcile_proposal)]
