"""How SMT provisions a contract, in durable steps.

A contract is created here: ``begin_step`` prepares the operation *create*, whose job
makes the contract a subscriber at SMT. Then *activate* turns its service on. SMT
accepts that at once and calls back when the service runs, or could not be started; a
timer asks it, in case the callback is lost. When the contract is cancelled, *remove*
turns the service off. A contract cancelled before it was a subscriber is removed as
soon as it is one.

Each act is one operation. SMT may confirm, accept and answer later, refuse (the contract
then stays as it is, with the reason in its timeline), or be out of reach (it is tried again,
for ever, at most once a minute). When an attempt ends without our knowing whether SMT acted,
the next one begins by asking SMT, and repeats the act only under the same key, by which
SMT recognises it. So nothing here is ever stuck, and nothing happens twice.
"""

from typing import Final
from uuid import UUID

import msgspec

from tramita.backends.smt.acts import ACTIVATE, ACTS, CREATE, REMOVE
from tramita.backends.smt.gateway import SMTGateway
from tramita.backends.smt.model import STATUS_OF_WIRE, News, ServiceStatus, Subscriber
from tramita.backends.smt.records import BEGIN_STEP, apply_news, load_subscribers, record_news
from tramita.backends.smt.wire import WireSubscriber
from tramita.contracts.service import get_contract
from tramita.kit import inbox
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations import doubts, ledger, standing
from tramita.kit.operations.act import Act
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome, Pending
from tramita.kit.runtime import Runtime

PROVIDER: Final = "smt"
S = ServiceStatus


async def begin_step(runtime: Runtime, contract_id: UUID, step: str) -> None:
    """Prepare a step's operation, once; a removal waits until there is a subscriber."""
    async with runtime.database.unit_of_work(actor=PROVIDER) as work:
        contract = await get_contract(work, contract_id)
        if step == "remove" and "subscriber_id" not in contract.backend_record:
            return  # Whoever records the subscriber sees that the contract is cancelled.
        act = ACTS[step]
        key = f"{act.name}:{contract_id}"
        await ledger.prepare(work, act, {contract_id: key}, provider=PROVIDER)


async def _find_created(
    gateway: SMTGateway, who: Subscriber, attempt: Attempt
) -> Outcome[News] | None:
    return await _find(gateway, who, attempt, S.SUBSCRIBED, S.ACTIVATING, S.ACTIVE, S.FAILED)


async def _find_activated(
    gateway: SMTGateway, who: Subscriber, attempt: Attempt
) -> Outcome[News] | None:
    known = await _find(gateway, who, attempt, S.ACTIVATING, S.ACTIVE, S.FAILED, S.REMOVED)
    if isinstance(known, Done) and known.value.status is S.ACTIVATING:
        return Pending(known.value.subscriber_id or "", gateway.ask_again)
    return known


async def _find_removed(
    gateway: SMTGateway, who: Subscriber, attempt: Attempt
) -> Outcome[News] | None:
    return await _find(gateway, who, attempt, S.REMOVED)


async def _find(
    gateway: SMTGateway, who: Subscriber, attempt: Attempt, *reached: ServiceStatus
) -> Outcome[News] | None:
    """What SMT knows of a contract, once it has reached one of these; before: ``None``."""
    known = await gateway.find_subscriber(who, attempt)
    if not isinstance(known, Done):
        return known
    if known.value is None or known.value.status not in reached:
        return None
    return Done(known.value)


def _why_not_created(who: Subscriber) -> str | None:
    return None if who.is_active else "The contract was cancelled before SMT heard of it."


def _why_not_active(news: News) -> str | None:
    if news.status is S.ACTIVE:
        return None
    return news.reason or f"SMT says {news.status}."


CREATION: Final[Act[Subscriber, News]] = Act(
    name=CREATE,
    load=load_subscribers,
    call=SMTGateway.create_subscriber,
    ask=_find_created,
    unwanted=_why_not_created,
    record=record_news,
    reference=lambda news: news.subscriber_id,
)
ACTIVATION: Final[Act[Subscriber, News]] = Act(
    name=ACTIVATE,
    load=load_subscribers,
    call=SMTGateway.activate_service,
    ask=_find_activated,
    failure=_why_not_active,
    record=record_news,
    reference=lambda news: news.subscriber_id,
)
REMOVAL: Final[Act[Subscriber, News]] = Act(
    name=REMOVE,
    load=load_subscribers,
    call=SMTGateway.remove_subscriber,
    ask=_find_removed,
    # The service would run on though its contract is cancelled: a person has to know.
    on_refused=OperationTrigger.PARK,
    record=record_news,
    reference=lambda news: news.subscriber_id,
)


def _read_callback(body: bytes) -> tuple[UUID, News]:
    """Which contract SMT speaks of, and what it says."""
    said = msgspec.json.decode(body, type=WireSubscriber)
    return UUID(said.reference), News(STATUS_OF_WIRE[said.status], said.subscriber_id, said.reason)


async def _apply_callback(
    _: Runtime, work: UnitOfWork, told: inbox.Told[tuple[UUID, News]]
) -> inbox.About | None:
    """End an accepted activation; callback and timer may both come, the first one counts.

    One that comes before SMT's own answer was recorded is asked for later.
    """
    contract_id, news = told.said
    if await standing.last(work, contract_id, ACTIVATE) is None:
        return None  # It speaks of nothing that we asked for.
    if news.status not in (S.ACTIVE, S.FAILED, S.REMOVED):
        return inbox.About(contract_id)
    why_not = _why_not_active(news)
    trigger = OperationTrigger.DONE if why_not is None else OperationTrigger.REFUSED
    cause = why_not or f"SMT says {news.status}."
    if await doubts.end_pending(work, ACTIVATE, contract_id, trigger, cause=cause):
        await apply_news(work, await get_contract(work, contract_id, lock=True), news)
    return inbox.About(contract_id)


CALLBACKS: Final = inbox.Reading(
    "smt.take_callback", lambda *_: _read_callback, inbox.one_by_one(_apply_callback)
)

JOBS: list[Job[Runtime]] = [
    Job(BEGIN_STEP, begin_step),
    *CREATION.jobs,
    *ACTIVATION.jobs,
    *REMOVAL.jobs,
    Job(CALLBACKS.job, CALLBACKS.take),
]
