"""Use cases: reserve a number, from a preview or at random.

The provider is asked while the caller waits: a claim is committed, the call made with no
transaction open, and its answer recorded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from tramita.kit.bounds import Bounds
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.idempotency import begin_act
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.numbering.ddd import check_ddd
from tramita.numbering.errors import (
    InCapitals,
    NumberAlreadyReserved,
    NumberInventoryDivergence,
    PreviewNotFound,
    PreviewNumberNotFound,
    ProviderOutcomeUnknown,
    ProviderOutOfStock,
    ReservationInProgress,
)
from tramita.numbering.numbers.at_once import CLAIM as CLAIM_AT_ONCE
from tramita.numbering.numbers.at_once import CLAIMED, claim_of
from tramita.numbering.numbers.journey import reserve
from tramita.numbering.numbers.journey.reserve import (
    CLAIM,
    ClaimedNumber,
    ClaimTask,
    Confirmed,
)
from tramita.numbering.numbers.rows import bind_claim, claim_number
from tramita.numbering.ports import NumberInventory
from tramita.numbering.previews.journey.release_hold import give_back_holds
from tramita.numbering.previews.refusals import error_of, told_when_paused
from tramita.numbering.previews.rules import IN_A_PREVIEW, find_objection
from tramita.numbering.previews.service import Order, hold_numbers
from tramita.numbering.provider import PROVIDER
from tramita.numbering.settings import NumberingSettings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReservedNumber:
    """A number that is reserved; the preview it comes from, unless it was at random."""

    msisdn: str
    reserved_until: datetime
    preview_id: UUID | None


async def reserve_from_preview(
    runtime: Runtime,
    preview_id: UUID,
    index: int,
    *,
    caller: Bounds,
    actor: str,
    contract_id: UUID | None = None,
) -> ReservedNumber:
    """Reserve one number of a preview, perhaps for a contract; raises an error of ``errors``."""
    if index not in range(IN_A_PREVIEW):
        raise PreviewNumberNotFound
    settings = runtime.configured(NumberingSettings)
    least = timedelta(seconds=settings.min_remaining)
    if contract_id is None:
        at_once = await runtime.desk(CLAIM).begin_at_once(
            CLAIM_AT_ONCE,
            claim_of(preview_id, index, caller=caller, min_remaining=least),
            provider=PROVIDER,
            actor=actor,
            read=_claimed,
        )
        if at_once is not None:
            return await _reserve(runtime, at_once, preview_id)
    async with runtime.database.unit_of_work(actor=actor) as work:
        task = await _claim_from_preview(runtime, work, preview_id, index, caller, least)
        if contract_id is not None:
            await bind_claim(work, task.operation.subject_id, contract_id)
    return await _reserve(runtime, task, preview_id)


async def reserve_at_random(runtime: Runtime, order: Order) -> ReservedNumber:
    """Reserve any number of an area code; raises an error of ``errors``."""
    await check_ddd(runtime, order.ddd)
    wish, outcome = await hold_numbers(runtime, order, 1, None)
    match outcome:
        case Done(hold) if hold.msisdns:
            [msisdn] = hold.msisdns
        case Done(hold):
            raise ProviderOutOfStock("; ".join(hold.faults))
        case _:
            raise error_of(outcome)
    hold_id = wish.request.id
    wanted = ClaimedNumber(msisdn, hold.external_id, wish.request.hold_until)
    try:
        async with runtime.database.unit_of_work(actor=order.actor) as work:
            task = await _claim(
                runtime, work, wanted, hold_id=hold_id, carrier=order.orderer.carrier
            )
            if order.contract_id is not None:
                await bind_claim(work, task.operation.subject_id, order.contract_id)
    except InCapitals as error:
        async with runtime.database.unit_of_work(actor=order.actor) as work:
            await give_back_holds(work, [hold_id])
        if isinstance(error, NumberInventoryDivergence):
            log.error("inventory_divergence", **error.facts)  # noqa: TRY400 - the facts say it all
        raise
    return await _reserve(runtime, task, None)


async def _claim_from_preview(
    runtime: Runtime,
    work: UnitOfWork,
    preview_id: UUID,
    index: int,
    caller: Bounds,
    least: timedelta,
) -> ClaimTask:
    # By itself: a statement that waits for somebody's answer does not see what it did to the number.
    await work.fetch("SELECT FROM preview WHERE id = $1 FOR UPDATE", preview_id)
    rows = await work.fetch(
        """
        SELECT p.*, n.msisdn, t.status, t.pre_reservation_id, w.hold_until, tramita_now() AS now
        FROM preview AS p JOIN preview_number AS n ON n.preview_id = p.id
        JOIN pre_reservation AS w ON w.id = p.id
        LEFT JOIN phone_number AS t ON t.msisdn = n.msisdn
        WHERE p.id = $1 AND n.idx = $2
        """,
        preview_id,
        index,
    )
    if not rows or not caller.may_see(rows[0]["carrier"]):
        raise PreviewNotFound
    [row] = rows
    objection = find_objection(row, least)
    if objection is not None:
        is_alarming = isinstance(objection, NumberInventoryDivergence)
        if is_alarming and not isinstance(objection, NumberAlreadyReserved):
            log.error("inventory_divergence", **objection.facts)
        raise objection
    return await _claim(
        runtime, work, _claimed(row), hold_id=preview_id, carrier=row["carrier"], is_preview=True
    )


def _claimed(row: asyncpg.Record) -> ClaimedNumber:
    return ClaimedNumber(row["msisdn"], row["external_id"], row["hold_until"])


async def _claim(
    runtime: Runtime,
    work: UnitOfWork,
    wanted: ClaimedNumber,
    *,
    hold_id: UUID,
    carrier: str | None,
    is_preview: bool = False,
) -> ClaimTask:
    number_id, epoch = await claim_number(
        work, wanted.msisdn, pre_reservation_id=hold_id, carrier=carrier
    )
    if is_preview:
        await update_rows(work, "preview", {hold_id: {"reserving_number_id": number_id}})
    key = f"{CLAIMED}:{number_id}:{epoch}"
    with told_when_paused():
        task = await runtime.desk(CLAIM).begin(
            work, number_id, key=key, provider=PROVIDER, request=wanted
        )
    if task is None:
        raise ReservationInProgress
    await begin_act(work, key)
    return task


async def _reserve(runtime: Runtime, task: ClaimTask, preview_id: UUID | None) -> ReservedNumber:
    settings = runtime.configured(NumberingSettings)
    claimed = task.request
    gateway = runtime.gateway(NumberInventory, task.operation.provider)
    outcome = await gateway.reserve(claimed.external_id, claimed.msisdn, task.attempt)
    result = reserve.decide(task, outcome, settings)
    if not await runtime.desk(CLAIM).hand_in(result, is_awaited=True):
        raise ProviderOutcomeUnknown(reason="the answer came too late")
    if isinstance(result.decision, Confirmed):
        return ReservedNumber(claimed.msisdn, result.decision.until, preview_id)
    raise error_of(outcome)
