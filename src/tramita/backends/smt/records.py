"""What SMT's operations load, and how SMT's news changes a contract."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tramita.backends.smt.model import News, ServiceStatus, Subscriber
from tramita.contracts.model import Contract
from tramita.contracts.service import set_activated
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger

BEGIN_STEP = "smt.begin_step"


async def load_subscribers(
    work: UnitOfWork, contract_ids: Sequence[UUID]
) -> Mapping[UUID, Subscriber]:
    """What SMT has to be told of these contracts."""
    rows = await work.session.scalars(select(Contract).where(Contract.id.in_(contract_ids)))
    return {
        row.id: Subscriber(row.id, row.name, row.active, row.backend_record.get("subscriber_id"))
        for row in rows
    }


async def record_news(work: UnitOfWork, results: Sequence[Result[Subscriber, News | None]]) -> None:
    """Write what came of operations; those to be tried again have no news."""
    news = {one.task.operation.subject_id: said for one in results if (said := _news_of(one))}
    contracts = await _lock_contracts(work, news)
    for contract in contracts:
        await apply_news(work, contract, news[contract.id])


def _news_of(result: Result[Subscriber, News | None]) -> News | None:
    match result.trigger:
        case OperationTrigger.PENDING:
            return News(ServiceStatus.ACTIVATING)
        case OperationTrigger.REFUSED | OperationTrigger.WITHDRAW if result.decision is None:
            return News(ServiceStatus.FAILED, reason=result.reason)
        case _:
            return result.decision


async def _lock_contracts(work: UnitOfWork, ids: Mapping[UUID, Any]) -> Sequence[Contract]:
    rows = await work.session.scalars(
        select(Contract).where(Contract.id.in_(ids)).order_by(Contract.id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    return rows.all()


async def apply_news(work: UnitOfWork, contract: Contract, news: News) -> None:
    """Let a locked contract follow what SMT said; what comes after its removal is too late."""
    record = contract.backend_record
    if record.get("status") == ServiceStatus.REMOVED:
        return
    record["status"] = news.status.value
    if news.subscriber_id is not None:
        record["subscriber_id"] = news.subscriber_id
    if news.reason is not None:
        record["reason"] = news.reason
    match news.status:
        case ServiceStatus.SUBSCRIBED:
            begin_step(work, contract.id, "activate" if contract.active else "remove")
        case ServiceStatus.ACTIVE:
            await set_activated(work, contract.id, True, "SMT activated the service")
        case ServiceStatus.FAILED:
            await set_activated(work, contract.id, False, news.reason or "SMT could not activate")
        case ServiceStatus.REMOVED:
            await set_activated(work, contract.id, False, "SMT turned the service off")
        case ServiceStatus.REQUESTED | ServiceStatus.ACTIVATING:
            pass  # Nothing the core has to know.


def begin_step(work: UnitOfWork, contract_id: UUID, step: str) -> None:
    """Enqueue what prepares a step's operation; a handler cannot, since it does no I/O."""
    work.enqueue(BEGIN_STEP, contract_id=contract_id, step=step)
