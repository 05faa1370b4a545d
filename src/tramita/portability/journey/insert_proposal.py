"""``portability.insert_portability_proposal``: one contract's proposal, at most once."""

from datetime import date, timedelta
from typing import Final, assert_never
from uuid import UUID

import asyncpg

from tramita.kit.calendar import day_in_brazil
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.portability.bound_keys import UNIQUE_KEYS
from tramita.portability.journey.decisions import (
    Candidate,
    Decision,
    InsertionResult,
    InsertionTask,
    Later,
    Rejected,
    Withdrawn,
)
from tramita.portability.journey.judging import (
    ask_soon,
    decide_later,
    judge,
    reasons_of,
)
from tramita.portability.journey.load_candidates import load_candidates
from tramita.portability.journey.record_insertions import (
    hold_insertions,
    record_insertions,
    refuse_insertions,
)
from tramita.portability.ports import Policy, ProposalGateway
from tramita.portability.reasons import Reason
from tramita.portability.rules import Code, Loan, check_before_sending
from tramita.portability.words import PROVIDER_REFUSED

JOB: Final = "portability.insert_portability_proposal"

# An upload takes about a second. Looking again costs two small statements.
_FIRST_WAIT: Final = timedelta(seconds=0.5)
_LONGEST_WAIT: Final = timedelta(seconds=10)

INSERTION: OperationKind[Candidate, Decision] = OperationKind(
    name="portability.insert_proposal",
    port=ProposalGateway,
    job=JOB,
    ask_job="portability.reconcile_proposal",
    load=load_candidates,
    record=record_insertions,
    refuse=refuse_insertions,
    hold=hold_insertions,
    ask_calls=2,  # find, read
)


async def insert_portability_proposal(runtime: Runtime, operation_id: UUID) -> None:
    """Send one contract's proposal to the provider and record what came of it.

    The provider may accept it (our rules then judge its answer), take it and decide later
    (``reconcile_proposal`` asks until it has), refuse it, be out of
    reach (it is sent again later), or leave us not knowing. Then the provider is asked
    (``reconcile_proposal``): it has no idempotency key, so sending again could create a
    second proposal.
    """
    desk = runtime.desk(INSERTION)
    task = await desk.take(operation_id)
    if task is None:
        await desk.ask_early(operation_id)
        return  # Finished already, or in other hands.
    result = await _insert(runtime, task)
    try:
        await desk.hand_in(result)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name not in UNIQUE_KEYS:
            raise
        # Another contract has got a key of this answer since it was judged: rule 2 is for whoever asks.
        await desk.hand_in(ask_soon(runtime, task, "A key of the answer is another contract's."))


async def _insert(runtime: Runtime, task: InsertionTask) -> InsertionResult:
    if task.is_lost:
        return ask_soon(runtime, task, "It was sent, and the process ended before the answer.")
    if task.request.is_cancelled:
        why = "The contract was cancelled before anything was sent."
        return InsertionResult(task, Withdrawn(), OperationTrigger.WITHDRAW, reason=why)
    today = day_in_brazil(task.operation.taken_at)
    gateway = runtime.gateway(ProposalGateway, task.operation.provider)
    objections = _objections(task.request, gateway.policy, today)
    if objections:
        return _reject(task, objections, OperationTrigger.WITHDRAW)
    if task.request.waits_for is not None:
        return _wait(task, task.request.waits_for)
    outcome = await gateway.insert_proposal(task.request.proposal, task.attempt)
    match outcome:
        case Done(answer):
            return await judge(runtime, task, answer, today=today)
        case Pending():
            return decide_later(task, outcome)
        case Refused(code, reason):
            reasons = (Reason(PROVIDER_REFUSED, f"{code}: {reason}"),)
            return _reject(task, reasons, OperationTrigger.REFUSED)
        case NotSent(reason, retry_in):
            return _send_later(task, reason, retry_in)
        case Unknown(reason):
            return ask_soon(runtime, task, reason)
        case _:
            assert_never(outcome)


def _objections(candidate: Candidate, policy: Policy, today: date) -> tuple[Reason, ...]:
    """What speaks against sending at all (rules 17 to 21, and what the provider said)."""
    loan = Loan.of(candidate.proposal)
    verdict = check_before_sending(
        candidate.proposal,
        policy=policy,
        today=today,
        live_loans=frozenset({loan}) if candidate.has_rival else frozenset(),
    )
    refused = Code.PICTURE_NOT_ACCEPTABLE.value
    return (
        *reasons_of(verdict.failures),
        *(Reason(refused, f"Rule 19: {sentence}") for sentence in candidate.refused_pictures),
    )


def _reject(
    task: InsertionTask, reasons: tuple[Reason, ...], trigger: OperationTrigger
) -> InsertionResult:
    said = " ".join(reason.sentence for reason in reasons)
    return InsertionResult(task, Rejected(reasons), trigger, reason=said)


def _send_later(task: InsertionTask, why: str, retry_in: timedelta) -> InsertionResult:
    pause = pause_after(task.operation.attempt, retry_in)
    return InsertionResult(task, Later(), OperationTrigger.NOT_SENT, reason=why, retry_in=pause)


def _wait(task: InsertionTask, why: str) -> InsertionResult:
    """Nothing is wrong: what the proposal names is on its way to the provider."""
    pause = min(pause_after(task.operation.attempt, _FIRST_WAIT), _LONGEST_WAIT)
    return InsertionResult(task, Later(), OperationTrigger.NOT_SENT, reason=why, retry_in=pause)


JOBS: list[Job[Runtime]] = [Job(JOB, insert_portability_proposal)]
