"""Where orders go: as far as their circumstances lead, and what follows from having got there.

Whoever changes a circumstance calls ``move_orders`` in the same unit of work. Nothing is called
out here: what is to be done outside is enqueued.
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from tramita.contracts.service import activate_contracts, write_backend_records
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.webhooks.emission import emit
from tramita.orders.enrollments import open_enrollments
from tramita.orders.events import ORDER_CHANGED
from tramita.orders.learners import read_username
from tramita.orders.lifecycle import ENROLLING, ORDER, OrderState
from tramita.orders.mails.writing import mail_refund
from tramita.orders.model import ORDERS, ProductType
from tramita.orders.rules import MOVES, Circumstances
from tramita.payments.accounts import CourseDates, debit_due, request_schedule, unbind_card
from tramita.payments.queries import standing_of
from tramita.signatures.lifecycle import LIVE
from tramita.signatures.queries import signature_states

CHANGED: Final[dict[str, object]] = {"type": "CHANGED"}

_CIRCUMSTANCES: Final = """
    SELECT id, state, organization_id IS NOT NULL AS has_organization, total = 0 AS is_free,
           contract_definition_id IS NOT NULL AS has_contract, is_one_sitting
    FROM orders WHERE id = ANY($1::uuid[])
"""
_DATES: Final = """
    SELECT o.starts_on, o.ends_on, p.type FROM orders AS o
    JOIN course_products AS p ON p.id = o.product_id WHERE o.id = $1
"""
_SNAPSHOT: Final = """
    SELECT jsonb_build_object(
        'id', o.id, 'state', o.state, 'product_id', o.product_id, 'owner', l.username,
        'course_code', c.code, 'organization_code', g.code, 'total', o.total::text,
        'total_currency', o.currency, 'created_on', o.created_at) AS data
    FROM orders AS o JOIN courses AS c ON c.id = o.course_id JOIN learners AS l ON l.id = o.owner_id
    LEFT JOIN organizations AS g ON g.id = o.organization_id WHERE o.id = $1
"""


def topic_of(order_id: UUID) -> str:
    """What whoever watches an order listens to: its moves, its signatures, card and payments."""
    return f"orders:{order_id}"


async def move_orders(work: UnitOfWork, ids: Collection[UUID], *, cause: str | None = None) -> None:
    """Move each order until nothing fits; those that stay where they are tell no subscriber.

    What is so is read of all of them at once: of most that a night has debited nothing moves.
    """
    await lock_orders(work, ids)
    left = sorted(ids)
    while left:
        found = await read_circumstances(work, left)
        left = [one for one in left if await _walk(work, one, *found[one], cause)]
    for order_id in sorted(ids):
        work.publish(topic_of(order_id), CHANGED)


async def lock_orders(work: UnitOfWork, ids: Collection[UUID]) -> None:
    """Have orders stay where they are; contracts first, as everywhere."""
    await lock_rows(work, "contracts", ids)
    await lock_rows(work, "orders", ids)


async def _walk(
    work: UnitOfWork, order_id: UUID, before: OrderState, found: Circumstances, cause: str | None
) -> bool:
    """As far as it goes with what is so now; what follows may change that."""
    after = before
    for trigger in MOVES.walk(before, found):
        await ORDERS.move_one(work, order_id, trigger, cause=cause)
        after = ORDER.next(after, trigger)
    if after is before:
        return False
    await follow(work, order_id, before, after)
    return True


async def read_circumstances(
    work: UnitOfWork, ids: Collection[UUID]
) -> dict[UUID, tuple[OrderState, Circumstances]]:
    """Where orders stand and what is so about them, by id."""
    rows = await work.fetch(_CIRCUMSTANCES, list(ids))
    signatures = await signature_states(work, ids)
    accounts = await standing_of(work, list(ids))
    found = {}
    for row in rows:
        signature, account = signatures.get(row["id"]), accounts.get(row["id"])
        found[row["id"]] = (
            OrderState(row["state"]),
            Circumstances(
                has_organization=row["has_organization"],
                is_free=row["is_free"],
                has_contract=row["has_contract"],
                is_submitted=signature is not None and signature.state in LIVE,
                is_signed=signature is not None and signature.student,
                has_card=account is not None and account.has_payment_method,
                is_one_sitting=row["is_one_sitting"],
                installments=tuple(one.state for one in account.installments) if account else (),
            ),
        )
    return found


async def follow(work: UnitOfWork, order_id: UUID, before: OrderState, after: OrderState) -> None:
    """What an order's new state brings about."""
    work.publish(topic_of(order_id), CHANGED)
    await write_backend_records(work, {order_id: {"status": after.value}})
    if after is OrderState.PENDING:
        await _begin_payment(work, order_id)
    if after is OrderState.COMPLETED:
        await unbind_card(work, order_id)
    if after in ENROLLING:
        await open_enrollments(work, order_id)
        await activate_contracts(work, [order_id], "its courses are open")
    if after is OrderState.REFUNDED:
        await mail_refund(work, order_id)
    if before is not OrderState.DRAFT:
        data = await tell_of(work, order_id)
        await emit(work, ORDER_CHANGED, order_id, data | {"previous_state": before.value})


async def _begin_payment(work: UnitOfWork, order_id: UUID) -> None:
    """Have it written what is due when, if it is not, and debited what is due already."""
    [row] = await work.fetch(_DATES, order_id)
    signature = (await signature_states(work, [order_id])).get(order_id)
    request_schedule(
        work,
        order_id,
        CourseDates(
            row["starts_on"],
            row["ends_on"],
            signature.student_signed_on if signature else None,
            at_once=row["type"] == ProductType.CERTIFICATE,
        ),
    )
    debit_due(work, [order_id])


async def tell_of(work: UnitOfWork, order_id: UUID) -> dict[str, object]:
    """An order as the learning platform is told of it."""
    data: dict[str, Any] = (await work.fetch(_SNAPSHOT, order_id))[0]["data"]
    return data | {"owner": read_username(work, data["owner"])}
