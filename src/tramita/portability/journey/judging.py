"""From what was learnt about a proposal to what becomes of its contract."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from tramita.kit.calendar import day_in_brazil
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Pending
from tramita.kit.runtime import Runtime
from tramita.portability.bound_keys import find_bound_keys
from tramita.portability.journey.decisions import (
    Accepted,
    Asking,
    Deciding,
    InsertionResult,
    InsertionTask,
    Rejected,
)
from tramita.portability.ports import Answered, EndedProposal, ProposalGateway, UnreadableAnswer
from tramita.portability.reasons import Reason, lender_reason
from tramita.portability.rules import Failure, Grade, has_gone_on, validate_proposal
from tramita.portability.settings import PortabilitySettings
from tramita.portability.words import PARKED

# What a lender may take that does not say how long it takes.
_DECIDES_WITHIN: Final = timedelta(days=5)


async def judge(
    runtime: Runtime,
    task: InsertionTask,
    answer: Answered,
    *,
    today: date,
    surplus: tuple[str, ...] = (),
    may_have_gone_on: bool = False,
) -> InsertionResult:
    """Rules 1 to 16: accept, reject, or ask again what cannot be judged; an end is an end.

    ``may_have_gone_on``: this is no first answer, and may tell of what came after it.
    """
    if isinstance(answer, EndedProposal):
        return _end(task, answer)
    operation = task.operation
    gateway = runtime.gateway(ProposalGateway, operation.provider)
    asked = (operation.subject_id, operation.provider, answer)
    bound = await runtime.gathered(find_bound_keys, is_reading=True).add(asked)
    verdict = validate_proposal(
        task.request.proposal,
        answer,
        policy=gateway.policy,
        today=today,
        known_keys=bound,
        may_have_gone_on=may_have_gone_on,
    )
    reasons = reasons_of(verdict.failures)
    if verdict.grade is Grade.INCONCLUSIVE or isinstance(answer, UnreadableAnswer):
        said = " ".join(reason.sentence for reason in reasons)
        return ask_soon(runtime, task, said, reasons=reasons, proposal_key=answer.proposal_key)
    reference = answer.proposal_key
    if verdict.grade is Grade.REJECT:
        # The provider holds a proposal that we do not want: the operation succeeded
        # there, the contract is refused here, and the proposal is cancelled there.
        rejected = Rejected(reasons, answer, surplus)
        broken = " ".join(reason.sentence for reason in reasons)
        why = f"The provider accepted it, and it is cancelled there, because of our rules: {broken}"
        return InsertionResult(task, rejected, OperationTrigger.DONE, why, reference)
    accepted = Accepted(answer, surplus, has_gone_on(answer))
    return InsertionResult(task, accepted, OperationTrigger.DONE, reference=reference)


def _end(task: InsertionTask, found: EndedProposal) -> InsertionResult:
    """The lender's own no to a proposal that it had taken: there is nothing to be cancelled."""
    reason = lender_reason(found.reason)
    why = f"The lender has {found.ended_as} it ({found.reason.code}: {reason.sentence})"
    ended = Rejected((reason,), ended_as=found.ended_as)
    return InsertionResult(task, ended, OperationTrigger.REFUSED, why, found.ref.key)


def decide_later(task: InsertionTask, taken: Pending) -> InsertionResult:
    """The lender has taken it and decides: nobody waits for that with a page open."""
    by = task.request.decides_by or task.operation.taken_at + (taken.within or _DECIDES_WITHIN)
    return InsertionResult(
        task,
        Deciding(taken.reference, by, taken.ask_again_in),
        OperationTrigger.PENDING,
        reason=f"The lender is to decide by {day_in_brazil(by).isoformat()}.",
        reference=taken.reference,
        retry_in=taken.ask_again_in,
    )


def ask_soon(
    runtime: Runtime,
    task: InsertionTask,
    why: str,
    *,
    reasons: tuple[Reason, ...] = (),
    proposal_key: str | None = None,
) -> InsertionResult:
    """Nobody knows: the provider is asked in a moment."""
    return InsertionResult(
        task,
        Asking(reasons or (Reason(PARKED, why),)),
        OperationTrigger.UNKNOWN,
        reason=why,
        reference=proposal_key,
        retry_in=timedelta(seconds=runtime.configured(PortabilitySettings).ask_after),
    )


def reasons_of(failures: Iterable[Failure]) -> tuple[Reason, ...]:
    """Broken rules as reasons of a contract."""
    return tuple(Reason(one.code.value, f"Rule {one.rule}: {one.sentence}") for one in failures)
