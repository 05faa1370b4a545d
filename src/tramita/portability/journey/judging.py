"""From what was learnt about a proposal to what becomes of its contract."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.runtime import Runtime
from tramita.portability.bound_keys import find_bound_keys
from tramita.portability.journey.decisions import (
    Accepted,
    Asking,
    InsertionResult,
    InsertionTask,
    Rejected,
)
from tramita.portability.ports import ProposalAnswer, UnreadableAnswer
from tramita.portability.reasons import Reason
from tramita.portability.rules import Failure, Grade, Policy, has_gone_on, validate_proposal
from tramita.portability.settings import PortabilitySettings
from tramita.portability.words import PARKED

POLICY: Final = Policy()


async def judge(
    runtime: Runtime,
    task: InsertionTask,
    answer: ProposalAnswer | UnreadableAnswer,
    *,
    today: date,
    surplus: tuple[str, ...] = (),
    may_have_gone_on: bool = False,
) -> InsertionResult:
    """Rules 1 to 16: accept, reject, or ask again what cannot be judged.

    ``may_have_gone_on``: this is no first answer, and may tell of what came after it.
    """
    operation = task.operation
    asked = (operation.subject_id, operation.provider, answer)
    bound = await runtime.gathered(find_bound_keys).add(asked)
    verdict = validate_proposal(
        task.request.proposal,
        answer,
        policy=POLICY,
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
