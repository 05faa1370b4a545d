"""Use cases: have numbers held, three of them to choose from.

The provider is asked while the caller waits: what is wanted is committed, the call made with
no transaction open, and its answer recorded. What callers are told is in ``refusals``.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from tramita.kit.bounds import Bounds
from tramita.kit.database.work import UnitOfWork
from tramita.kit.idempotency import begin_act
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import Done, Outcome, Refused
from tramita.kit.runtime import Runtime
from tramita.numbering.ddd import check_ddd
from tramita.numbering.errors import ProviderOutcomeUnknown, ProviderOutOfStock
from tramita.numbering.ports import Hold, NumberInventory
from tramita.numbering.previews.journey import pre_reserve
from tramita.numbering.previews.journey.pre_reserve import PREVIOUS_IS_GONE, WISH, WishTask
from tramita.numbering.previews.queries import PreviewView, find_preview
from tramita.numbering.previews.refusals import error_of, told_when_paused
from tramita.numbering.previews.rows import supersede
from tramita.numbering.previews.rules import IN_A_PREVIEW, MARGIN
from tramita.numbering.provider import PROVIDER
from tramita.numbering.settings import NumberingSettings

log = structlog.get_logger(__name__)

# What the key of the operation begins with.
_WISHED: Final = "pre_reserve"
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


async def create_preview(runtime: Runtime, order: Order) -> PreviewView:
    """Hold three numbers to choose from.

    Raises an error of ``errors``, or ``InvalidError`` for an area code or brand that nobody
    knows.
    """
    await check_ddd(runtime, order.ddd)
    previous, why = order.previous_id, ""
    for _ in range(_TRIES):
        task, outcome = await hold_numbers(runtime, order, IN_A_PREVIEW, previous)
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
                raise error_of(outcome)
        previous = None  # The first answer has settled what becomes of it.
    raise ProviderOutOfStock(why)


async def hold_numbers(
    runtime: Runtime, order: Order, quantity: int, previous: UUID | None
) -> tuple[WishTask, Outcome[Hold]]:
    """Have numbers held: on record, called, recorded."""
    settings = runtime.configured(NumberingSettings)
    desk = runtime.desk(WISH)
    async with runtime.database.unit_of_work(actor=order.actor) as work:
        wish_id = await _write_wish(work, order, quantity, previous, settings)
        key = f"{_WISHED}:{wish_id}"
        with told_when_paused():
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
