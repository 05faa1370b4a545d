"""``portability.insert_portability_proposal``: one contract's proposal, at most once."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from tramita.kit.calendar import day_in_brazil
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.bound_keys import find_bound_keys
from tramita.portability.journey.decisions import (
    Accepted,
    Candidate,
    Decision,
    Later,
    Parked,
    Reason,
    Rejected,
)
from tramita.portability.journey.load_candidates import load_candidates
from tramita.portability.journey.record_insertions import record_insertions
from tramita.portability.ports import ProposalAnswer, ProposalGateway, UnreadableAnswer
from tramita.portability.rules import (
    Failure,
    Grade,
    Loan,
    Policy,
    check_before_sending,
    validate_proposal,
)
from tramita.portability.words import PARKED, PROVIDER_REFUSED

PROVIDER: Final = "qitech"
JOB: Final = "portability.insert_portability_proposal"
POLICY: Final = Policy()
LONGEST_PAUSE: Final = timedelta(minutes=1)

INSERTION: OperationKind[Candidate, Decision] = OperationKind(
    name="portability.insert_proposal",
    provider=PROVIDER,
    job=JOB,
    load=load_candidates,
    record=record_insertions,
)

InsertionTask: TypeAlias = Task[Candidate]
InsertionResult: TypeAlias = Result[Candidate, Decision]


async def insert_portability_proposal(runtime: Runtime, operation_id: UUID) -> None:
    """Send one contract's proposal to the provider and record what came of it.

    The provider may accept it (our rules then judge its answer), refuse it, be out of
    reach (it is sent again later), or leave us not knowing. Then the contract stands
    under "needs attention" with what was sent and what came back: the provider has no
    idempotency key, so sending again could create a second proposal.
    """
    desk = runtime.desk(INSERTION)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    if task.is_lost:
        await desk.hand_in(_park(task, "It was sent, and the process ended before the answer."))
        return
    today = day_in_brazil(task.operation.taken_at)
    objections = _objections(task.request, today)
    if objections:
        await desk.hand_in(_reject(task, objections))
        return
    gateway = runtime.gateway(ProposalGateway, PROVIDER)
    outcome = await gateway.insert_proposal(task.request.proposal, task.attempt)
    match outcome:
        case Done(answer):
            result = await _judge(runtime, task, answer, today)
        case Pending(reference):
            result = _park(task, f"Accepted as {reference}, without an answer yet.")
        case Refused(code, reason):
            result = _reject(task, (Reason(PROVIDER_REFUSED, f"{code}: {reason}"),))
        case NotSent(reason, retry_in):
            result = _send_later(task, reason, retry_in)
        case Unknown(reason):
            result = _park(task, reason)
        case _:
            assert_never(outcome)
    await desk.hand_in(result)


def _objections(candidate: Candidate, today: date) -> tuple[Reason, ...]:
    """What speaks against sending at all (rules 17 to 21)."""
    loan = Loan.of(candidate.proposal)
    verdict = check_before_sending(
        candidate.proposal,
        policy=POLICY,
        today=today,
        live_loans=frozenset({loan}) if candidate.has_rival else frozenset(),
    )
    return _reasons(verdict.failures)


async def _judge(
    runtime: Runtime,
    task: InsertionTask,
    answer: ProposalAnswer | UnreadableAnswer,
    today: date,
) -> InsertionResult:
    """Rules 1 to 16: accept, reject, or park what cannot be judged."""
    bound = await runtime.gathered(find_bound_keys).add((task.operation.subject_id, answer))
    verdict = validate_proposal(
        task.request.proposal, answer, policy=POLICY, today=today, known_keys=bound
    )
    reasons = _reasons(verdict.failures)
    if verdict.grade is Grade.INCONCLUSIVE or isinstance(answer, UnreadableAnswer):
        return _park(task, " ".join(reason.sentence for reason in reasons), reasons)
    if verdict.grade is Grade.REJECT:
        # The provider holds a proposal that we do not want: the operation succeeded
        # there, and the contract is refused here.
        return Result(
            task,
            Rejected(reasons, answer),
            OperationTrigger.DONE,
            reason="rejected by our rules",
            reference=str(answer.proposal_key),
        )
    return Result(task, Accepted(answer), OperationTrigger.DONE, reference=str(answer.proposal_key))


def _reasons(failures: Iterable[Failure]) -> tuple[Reason, ...]:
    return tuple(Reason(one.code.value, f"Rule {one.rule}: {one.sentence}") for one in failures)


def _reject(task: InsertionTask, reasons: tuple[Reason, ...]) -> InsertionResult:
    said = " ".join(reason.sentence for reason in reasons)
    return Result(task, Rejected(reasons), OperationTrigger.REFUSED, reason=said)


def _park(task: InsertionTask, why: str, reasons: tuple[Reason, ...] = ()) -> InsertionResult:
    parked = Parked(reasons or (Reason(PARKED, why),))
    return Result(task, parked, OperationTrigger.UNKNOWN, reason=why)


def _send_later(task: InsertionTask, why: str, retry_in: timedelta) -> InsertionResult:
    """Wait longer after each attempt, up to a minute: an outage must not become a storm."""
    pause = min(retry_in * 2 ** min(task.operation.attempt - 1, 10), LONGEST_PAUSE)
    return Result(
        task, Later(), OperationTrigger.NOT_SENT, reason=why, retry_in=max(pause, retry_in)
    )


JOBS: list[Job[Runtime]] = [Job(JOB, insert_portability_proposal)]
