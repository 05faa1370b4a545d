"""How SMT provisions a contract, in durable steps.

A contract is created here: ``begin_step`` prepares the operation *create*, whose job
makes the contract a subscriber at SMT. Then *activate* turns its service on. SMT
accepts that at once and calls back when the service runs, or could not be started; a
timer asks it, in case the callback is lost. When the contract is cancelled, *remove*
turns the service off. A contract cancelled before it was a subscriber is removed as
soon as it is one.

Each act is one operation. When an attempt ends without our knowing whether SMT acted,
the next one begins by asking SMT, and repeats the act only under the same key, by which
SMT recognises it. So nothing here is ever stuck, and nothing happens twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, assert_never
from uuid import UUID

import msgspec

from tramita.backends.smt.gateway import SMTGateway
from tramita.backends.smt.model import STATUS_OF_WIRE, News, ServiceStatus, Subscriber
from tramita.backends.smt.records import (
    ASK_SERVICE,
    BEGIN_STEP,
    apply_news,
    load_subscribers,
    record_news,
)
from tramita.backends.smt.wire import WireSubscriber
from tramita.contracts.service import get_contract
from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations import ledger
from tramita.kit.operations.follow_up import ask_or_act
from tramita.kit.operations.kind import OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationState, OperationTrigger
from tramita.kit.operations.pending import ask_again, take_pending
from tramita.kit.operations.repeatable import settled
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime

PROVIDER: Final = "smt"

Kind = OperationKind[Subscriber, News | None]
StepTask = Task[Subscriber]
StepResult = Result[Subscriber, News | None]
Act = Callable[[SMTGateway, Subscriber, Attempt], Awaitable[Outcome[News]]]


@dataclass(frozen=True)
class Step:
    """One act at SMT; ``reached`` are the states in which it need not be done any more."""

    kind: Kind
    act: Act
    reached: frozenset[ServiceStatus]


def _kind(name: str, *, ask_job: str | None = None) -> Kind:
    return OperationKind(
        name=name,
        port=SMTGateway,
        job=name,
        load=load_subscribers,
        record=record_news,
        ask_job=ask_job,
        calls=3,  # ask, act, and ask again when it was refused
    )


S = ServiceStatus
STEPS: Final[Mapping[str, Step]] = {
    "create": Step(
        _kind("smt.create_subscriber"),
        SMTGateway.create_subscriber,
        frozenset({S.SUBSCRIBED, S.ACTIVATING, S.ACTIVE, S.FAILED}),
    ),
    "activate": Step(
        _kind("smt.activate_service", ask_job=ASK_SERVICE),
        SMTGateway.activate_service,
        frozenset({S.ACTIVE, S.FAILED}),
    ),
    "remove": Step(
        _kind("smt.remove_subscriber"), SMTGateway.remove_subscriber, frozenset({S.REMOVED})
    ),
}
ACTIVATION: Final = STEPS["activate"].kind
# What ends an activation that SMT had accepted.
SETTLES: Final[Mapping[ServiceStatus, OperationTrigger]] = {
    S.ACTIVE: OperationTrigger.DONE,
    S.FAILED: OperationTrigger.REFUSED,
    S.REMOVED: OperationTrigger.REFUSED,
}


async def begin_step(runtime: Runtime, contract_id: UUID, step: str) -> None:
    """Prepare a step's operation, once; a removal waits until there is a subscriber."""
    async with runtime.database.unit_of_work(actor=PROVIDER) as work:
        contract = await get_contract(work, contract_id)
        if step == "remove" and "subscriber_id" not in contract.backend_record:
            return  # Whoever records the subscriber sees that the contract is cancelled.
        key = f"{STEPS[step].kind.name}:{contract_id}"
        await ledger.prepare(work, STEPS[step].kind, {contract_id: key}, provider=PROVIDER)


async def take_step(runtime: Runtime, operation_id: UUID, *, step: Step) -> None:
    """Carry one operation out: ask first if it may have been done, act, record.

    SMT may confirm, accept and answer later, refuse (the contract then stays as it is,
    with the reason in its timeline), or be out of reach (it is tried again, for ever,
    at most once a minute).
    """
    desk = runtime.desk(step.kind)
    task = await desk.take(operation_id)
    if task is None:
        return  # Finished already, or in other hands.
    gateway = runtime.gateway(SMTGateway, task.operation.provider)
    outcome = await _ask_or_act(gateway, step, task)
    await desk.hand_in(_result(step, task, outcome))


async def _ask_or_act(gateway: SMTGateway, step: Step, task: StepTask) -> Outcome[News]:
    return await ask_or_act(
        task,
        ask=partial(_ask, gateway, step, task),
        act=partial(_act, gateway, step, task),
        asks_when_refused=True,
    )


async def _act(gateway: SMTGateway, step: Step, task: StepTask) -> Outcome[News]:
    if step is STEPS["create"] and not task.request.is_active:
        return Refused("cancelled", "The contract was cancelled before SMT heard of it.")
    return await step.act(gateway, task.request, task.attempt)


async def _ask(gateway: SMTGateway, step: Step, task: StepTask) -> Outcome[News] | None:
    known = await gateway.find_subscriber(task.request, task.attempt)
    if not isinstance(known, Done):
        return known
    if known.value is not None and known.value.status in step.reached:
        return Done(known.value)
    return None


def _result(step: Step, task: StepTask, outcome: Outcome[News]) -> StepResult:
    match outcome:
        case Done(news):
            return Result(task, news, OperationTrigger.DONE, reference=news.subscriber_id)
        case Pending(reference, ask_again_in):
            news = News(ServiceStatus.ACTIVATING)
            return Result(
                task, news, OperationTrigger.PENDING, reference=reference, retry_in=ask_again_in
            )
        case Refused(code, reason):
            why = f"{code}: {reason}"
            if step is STEPS["remove"]:
                # The service runs on though its contract is cancelled: a person has to know.
                return Result(task, None, OperationTrigger.PARK, reason=why)
            failed = News(ServiceStatus.FAILED, reason=why)
            return Result(task, failed, OperationTrigger.REFUSED, reason=why)
        case NotSent() | Unknown():
            return settled(task, outcome, refused=OperationTrigger.REFUSED)
        case _:
            assert_never(outcome)


async def ask_service(runtime: Runtime, operation_id: UUID) -> None:
    """Ask how an activation stands whose answer was lost, or that SMT accepted.

    Lost, and not done: it is sent again, under the same key. Accepted: SMT has not called
    back so far, so this is the second source.
    """
    desk = runtime.desk(ACTIVATION)
    task = await desk.take_unknown(operation_id)
    if task is None:
        await _ask_pending(runtime, operation_id)
        return
    step = STEPS["activate"]
    outcome = await _ask(runtime.gateway(SMTGateway, PROVIDER), step, task)
    if outcome is None:
        why = "SMT has not activated it; sent again under the same key."
        await desk.hand_in(Result(task, None, OperationTrigger.NOT_SENT, reason=why))
    else:
        await desk.hand_in(_result(step, task, outcome))


async def _ask_pending(runtime: Runtime, operation_id: UUID) -> None:
    lease = runtime.desk(ACTIVATION).leases[PROVIDER]
    async with runtime.database.unit_of_work(actor=PROVIDER) as work:
        taken = await take_pending(work, operation_id, lease=lease)
        if taken is None:
            return  # Known meanwhile, or somebody else is asking.
        contract_id, attempt = taken
        who = (await load_subscribers(work, [contract_id]))[contract_id]
    gateway = runtime.gateway(SMTGateway, PROVIDER)
    outcome = await gateway.find_subscriber(who, attempt)
    async with runtime.database.unit_of_work(actor=PROVIDER) as work:
        if isinstance(outcome, Done) and outcome.value and outcome.value.status in SETTLES:
            await _settle_activation(work, contract_id, outcome.value)
        await ask_again(work, operation_id, gateway.ask_again)
        await ledger.journal(work, [(attempt, type(outcome).__name__.lower())])


async def take_callback(runtime: Runtime, message_id: UUID) -> None:
    """SMT called back. One that comes before its own answer was recorded is asked for later."""
    await inbox.deliver(runtime.database, message_id, read=_read_callback, effect=_apply_callback)


def _read_callback(body: bytes) -> tuple[UUID, News]:
    """Which contract SMT speaks of, and what it says."""
    said = msgspec.json.decode(body, type=WireSubscriber)
    return UUID(said.reference), News(STATUS_OF_WIRE[said.status], said.subscriber_id, said.reason)


async def _apply_callback(work: UnitOfWork, said: tuple[UUID, News]) -> None:
    await _settle_activation(work, *said)


async def _settle_activation(work: UnitOfWork, contract_id: UUID, news: News) -> None:
    """End a pending activation; callback and timer may both come, the first one counts."""
    rows = await work.fetch(
        "SELECT id FROM operations WHERE subject_id = $1 AND kind = $2 AND state = $3 FOR UPDATE",
        contract_id,
        ACTIVATION.name,
        OperationState.PENDING.value,
    )
    if news.status not in SETTLES or not rows:
        return
    cause = news.reason or f"SMT says {news.status}."
    await ledger.close(work, [row["id"] for row in rows], SETTLES[news.status], cause=cause)
    await apply_news(work, await get_contract(work, contract_id, lock=True), news)


def _job(step: Step) -> Job[Runtime]:
    async def run(runtime: Runtime, operation_id: UUID) -> None:
        await take_step(runtime, operation_id, step=step)

    return Job(step.kind.job, run)


JOBS: list[Job[Runtime]] = [
    Job(BEGIN_STEP, begin_step),
    *map(_job, STEPS.values()),
    Job(ASK_SERVICE, ask_service),
    Job("smt.take_callback", take_callback),
]
