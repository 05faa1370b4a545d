"""Use cases: create a preview, reserve from it or at random, release.

Those that ask the provider do so while their caller waits: they commit a claim, call with
no transaction open, and record the answer. What callers are told is in ``errors``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never
from uuid import UUID

import asyncpg
import structlog

from tramita.kit.bounds import Bounds
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.idempotency import begin_act
from tramita.kit.identifiers import new_id
from tramita.kit.masking_shapes import mask_phone
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.ddd import find_ddd, parse_ddd
from tramita.numbering.errors import (
    InCapitals,
    NumberAlreadyReserved,
    NumberInventoryDivergence,
    PreviewConsumed,
    PreviewExpired,
    PreviewNotFound,
    PreviewNumberNotFound,
    ProviderOutcomeUnknown,
    ProviderOutOfStock,
    ProviderRejected,
    ProviderUnavailable,
    ReservationInProgress,
)
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.numbers.journey import reserve
from tramita.numbering.numbers.journey.reserve import (
    CLAIM,
    HOLD_IS_GONE,
    ClaimedNumber,
    ClaimTask,
    Confirmed,
)
from tramita.numbering.numbers.rows import bind_claim, claim_number
from tramita.numbering.ports import Hold, InventoryRefusal, NumberInventory, Reservation
from tramita.numbering.previews.journey import pre_reserve
from tramita.numbering.previews.journey.pre_reserve import PREVIOUS_IS_GONE, WISH, WishTask
from tramita.numbering.previews.journey.release_hold import give_back_holds
from tramita.numbering.previews.rows import MARGIN, PreviewView, find_preview, supersede
from tramita.numbering.provider import PROVIDER
from tramita.numbering.settings import NumberingSettings

log = structlog.get_logger(__name__)

IN_A_PREVIEW: Final = 3
# What the keys of the two operations begin with.
WISHED: Final = "pre_reserve"
CLAIMED: Final = "reserve"
# A hold whose numbers are of no use is given back, and another one is asked for.
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Order:
    """Numbers somebody wants: of an area code, for a brand, by whoever ``orderer`` is.

    ``contract_id`` is the contract that a random one is for.
    """

    ddd: str
    brand_id: str
    orderer: Bounds
    actor: str
    previous_id: UUID | None = None
    contract_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReservedNumber:
    """A number that is reserved; the preview it comes from, unless it was at random."""

    msisdn: str
    reserved_until: datetime
    preview_id: UUID | None


async def create_preview(runtime: Runtime, order: Order) -> PreviewView:
    """Hold three numbers to choose from.

    Raises an error of ``errors``, or ``InvalidError`` for an area code or brand that nobody
    knows.
    """
    await _check_ddd(runtime, order.ddd)
    previous, why = order.previous_id, ""
    for _ in range(_TRIES):
        task, outcome = await _hold(runtime, order, IN_A_PREVIEW, previous)
        match outcome:
            case Done(hold):
                async with runtime.database.unit_of_work() as work:
                    found = await find_preview(work, task.request.id)
                if found is not None:
                    return found[0]
                why = "; ".join(hold.faults) or "the numbers it offers are in use here"
                log.error("inventory_divergence", hold=hold.external_id, why=why)
            case Refused(code) if code in PREVIOUS_IS_GONE and previous is not None:
                log.warning("previous_hold_is_gone", preview=str(previous), code=code)
            case _:
                raise _error_of(outcome)
        previous = None  # The first answer has settled what becomes of it.
    raise ProviderOutOfStock(why)


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
    async with runtime.database.unit_of_work(actor=actor) as work:
        task = await _claim_from_preview(runtime, work, preview_id, index, caller, settings)
        if contract_id is not None:
            await bind_claim(work, task.operation.subject_id, contract_id)
    return await _reserve(runtime, task, preview_id)


async def reserve_at_random(runtime: Runtime, order: Order) -> ReservedNumber:
    """Reserve any number of an area code; raises an error of ``errors``."""
    await _check_ddd(runtime, order.ddd)
    wish, outcome = await _hold(runtime, order, 1, None)
    match outcome:
        case Done(hold) if hold.msisdns:
            [msisdn] = hold.msisdns
        case Done(hold):
            raise ProviderOutOfStock("; ".join(hold.faults))
        case _:
            raise _error_of(outcome)
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
            log.error("inventory_divergence", number=mask_phone(msisdn), why=str(error))  # noqa: TRY400 - the sentence says it all
        raise
    return await _reserve(runtime, task, None)


async def _check_ddd(runtime: Runtime, ddd: str) -> None:
    if await find_ddd(runtime, parse_ddd(ddd)) is None:
        raise InvalidError([FieldError("ddd", "unknown", f"There is no area code {ddd}.")])


async def _hold(
    runtime: Runtime, order: Order, quantity: int, previous: UUID | None
) -> tuple[WishTask, Outcome[Hold]]:
    """Have numbers held: on record, called, recorded."""
    settings = runtime.configured(NumberingSettings)
    desk = runtime.desk(WISH)
    async with runtime.database.unit_of_work(actor=order.actor) as work:
        wish_id = await _write_wish(work, order, quantity, previous, settings)
        key = f"{WISHED}:{wish_id}"
        task = await desk.begin(work, wish_id, key=key, provider=PROVIDER)
        await begin_act(work, key)
    if task is None:
        raise RuntimeError(f"pre-reservation {wish_id} was begun twice")
    gateway = runtime.gateway(NumberInventory, task.operation.provider)
    outcome = await gateway.pre_reserve(task.request.wanted, task.attempt)
    if not await desk.hand_in(pre_reserve.decide(task, outcome, settings), is_awaited=True):
        raise ProviderOutcomeUnknown(reason="the answer came too late")
    return task, outcome


async def _write_wish(
    work: UnitOfWork,
    order: Order,
    quantity: int,
    previous: UUID | None,
    settings: NumberingSettings,
) -> UUID:
    wish_id = new_id()
    is_preview = quantity == IN_A_PREVIEW
    if is_preview:
        lasts = timedelta(minutes=settings.preview_minutes)
        hold = lasts + MARGIN
    else:
        lasts = hold = timedelta(seconds=settings.random_hold)
    await work.fetch(
        """
        INSERT INTO pre_reservation (id, purpose, carrier, ddd, brand_id, quantity, previous_id,
                                     created_at, expires_at, hold_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, tramita_now(), tramita_now() + $8::interval,
                tramita_now() + $9::interval)
        """,
        wish_id,
        "preview" if is_preview else "random",
        order.orderer.carrier,
        order.ddd,
        order.brand_id,
        quantity,
        previous,
        lasts,
        hold,
    )
    if previous is not None:
        await supersede(work, previous, by=wish_id, seen_by=order.orderer)
    return wish_id


async def _claim_from_preview(
    runtime: Runtime,
    work: UnitOfWork,
    preview_id: UUID,
    index: int,
    caller: Bounds,
    settings: NumberingSettings,
) -> ClaimTask:
    rows = await work.fetch(
        """
        SELECT p.*, n.msisdn, t.status, t.pre_reservation_id, w.hold_until, tramita_now() AS now
        FROM preview AS p JOIN preview_number AS n ON n.preview_id = p.id
        JOIN pre_reservation AS w ON w.id = p.id
        LEFT JOIN phone_number AS t ON t.msisdn = n.msisdn
        WHERE p.id = $1 AND n.idx = $2 FOR UPDATE OF p
        """,
        preview_id,
        index,
    )
    if not rows or not caller.may_see(rows[0]["carrier"]):
        raise PreviewNotFound
    [row] = rows
    objection = find_objection(row, timedelta(seconds=settings.min_remaining))
    if objection is not None:
        is_alarming = isinstance(objection, NumberInventoryDivergence)
        if is_alarming and not isinstance(objection, NumberAlreadyReserved):
            log.error("inventory_divergence", number=mask_phone(row["msisdn"]), why=str(objection))
        raise objection
    wanted = ClaimedNumber(row["msisdn"], row["external_id"], row["hold_until"])
    return await _claim(
        runtime, work, wanted, hold_id=preview_id, carrier=row["carrier"], is_preview=True
    )


def find_objection(row: asyncpg.Record, min_remaining: timedelta) -> InCapitals | None:
    """Why a number cannot be reserved from its preview, in the order the seed has them.

    A preview that has ended is gone (410) whatever else may be said of it; then come a
    reservation under way and one that was made (409), and at last the number itself (500).
    """
    left = row["expires_at"] - row["now"]
    if left <= timedelta(0):
        return PreviewExpired(why="its time is over")
    if row["superseded_by"] is not None:
        return PreviewExpired(why="another preview has replaced it")
    if row["released_at"] is not None:
        return PreviewExpired(why="the provider no longer holds its numbers")
    if row["reserving_number_id"] is not None:
        return ReservationInProgress()
    if row["reserved_msisdn"] not in (None, row["msisdn"]):
        return PreviewConsumed()
    if row["status"] not in (None, NumberStatus.RETURNED):
        number = mask_phone(row["msisdn"])
        if row["pre_reservation_id"] == row["id"]:
            return NumberAlreadyReserved(number=number)
        return NumberInventoryDivergence(number=number, status=row["status"])
    if row["reserved_msisdn"] is not None:
        return PreviewConsumed()  # Reserved once, and given back since.
    return PreviewExpired(why="too little time is left") if left < min_remaining else None


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
        await work.fetch(
            "UPDATE preview SET reserving_number_id = $2 WHERE id = $1", hold_id, number_id
        )
    key = f"{CLAIMED}:{number_id}:{epoch}"
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
    raise _error_of(outcome)


def _error_of(outcome: Outcome[Hold] | Outcome[Reservation]) -> InCapitals | InvalidError:
    """What a caller is told of an answer that is no yes."""
    match outcome:
        case Refused(InventoryRefusal.INVALID_DDD, reason):
            return InvalidError([FieldError("ddd", "refused", reason)])
        case Refused(InventoryRefusal.INVALID_BRAND, reason):
            return InvalidError([FieldError("brand_id", "refused", reason)])
        case Refused(InventoryRefusal.INSUFFICIENT_STOCK, reason):
            return ProviderOutOfStock(reason)
        case Refused(code, reason) if code in HOLD_IS_GONE:
            return PreviewExpired(why=reason)
        case Refused(InventoryRefusal.HOLD_CONSUMED, reason):
            return ProviderOutcomeUnknown(reason=reason)
        case Refused(code, reason):
            return ProviderRejected(reason=f"{code}: {reason}")
        case NotSent(reason, retry_in):
            return ProviderUnavailable(reason, retry_in)
        case Unknown(reason):
            return ProviderOutcomeUnknown(reason=reason)
        case Done() | Pending():
            # A hold or a reservation is there: whoever gets here was told so too late.
            return ProviderOutcomeUnknown(reason="it answers later")
        case _:
            assert_never(outcome)
