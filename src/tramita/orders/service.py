"""Use cases of orders: make one, cancel one. Each works inside the caller's unit of work."""

from uuid import UUID

from tramita.contracts.service import NewContract, cancel_contracts, create_contract
from tramita.kit.database.records import get_row
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import JWTUser
from tramita.kit.webhooks.emission import emit
from tramita.orders.enrollments import close_enrollments
from tramita.orders.errors import CourseWithoutDates, OrderCompleted, invalid
from tramita.orders.events import ORDER_CREATED
from tramita.orders.learners import know_learner
from tramita.orders.lifecycle import ORDER, OrderState, OrderTrigger
from tramita.orders.making import (
    Offered,
    Wanted,
    choose_organization,
    find_offered,
    is_being_made,
    refuse_second,
)
from tramita.orders.model import BACKEND, ORDERS, Order
from tramita.orders.moving import follow, lock_orders, move_orders, tell_of


async def create_order(work: UnitOfWork, user: JWTUser, wanted: Wanted) -> UUID:
    """Make an order as it is offered now, with its contract; answers its id.

    Raises ``InvalidError``, ``OrderExists``, ``OfferedByNobody`` and ``CourseWithoutDates``.
    """
    owner = await know_learner(work, user)
    offered = await find_offered(work, owner, wanted)
    _check_payable(offered, wanted)
    await refuse_second(work, owner, offered)
    organization = await choose_organization(work, offered, wanted.organization_id)
    order = _order(owner, organization, offered, wanted)
    order.id = await _make_contract(work, owner, offered)
    order.created_at = await work.now()
    work.add(order)
    await work.session.flush()
    await _freeze_targets(work, order)
    await move_orders(work, [order.id])
    await emit(work, ORDER_CREATED, order.id, await tell_of(work, order.id))
    return order.id


async def _make_contract(work: UnitOfWork, owner: UUID, offered: Offered) -> UUID:
    name = f"{offered.course_code} {offered.title}"
    token = is_being_made.set(True)
    try:
        contract = await create_contract(
            work, NewContract(name=name, backend=BACKEND, customer=owner)
        )
    finally:
        is_being_made.reset(token)
    return contract.id


def _check_payable(offered: Offered, wanted: Wanted) -> None:
    if not offered.price:
        return
    if wanted.billing_address is None:
        message = "What is not free is billed to somebody."
        raise invalid("billing_address", "missing", message)
    if offered.starts_on is None or offered.ends_on is None:
        raise CourseWithoutDates(code=offered.course_code)


def _order(owner: UUID, organization: UUID, offered: Offered, wanted: Wanted) -> Order:
    return Order(
        owner_id=owner,
        offering_id=offered.id,
        product_id=offered.product_id,
        course_id=offered.course_id,
        organization_id=organization,
        enrollment_id=wanted.enrollment_id,
        contract_definition_id=offered.definition,
        contract_definition_version=offered.version,
        state=ORDER.initial.value,
        total=offered.price,
        currency=offered.currency,
        is_one_sitting=offered.is_one_sitting,
        starts_on=offered.starts_on,
        ends_on=offered.ends_on,
        billing_address=wanted.billing_address,
        has_waived_withdrawal_right=wanted.has_waived_withdrawal_right,
    )


async def _freeze_targets(work: UnitOfWork, order: Order) -> None:
    await work.fetch(
        "INSERT INTO order_target_courses (order_id, course_id, position) "
        "SELECT $1, course_id, position FROM product_target_courses WHERE product_id = $2",
        order.id,
        order.product_id,
    )


async def cancel_own_order(work: UnitOfWork, order_id: UUID) -> None:
    """Cancel an order as its learner may; raises ``OrderCompleted``. Idempotent."""
    await lock_orders(work, [order_id])
    order = await get_row(work, Order, order_id)
    if order.state == OrderState.COMPLETED:
        raise OrderCompleted(id=order_id)
    await cancel_order(work, order_id, "canceled by its learner")


async def cancel_order(work: UnitOfWork, order_id: UUID, reason: str) -> None:
    """Cancel an order wherever it stands, with what it has opened; idempotent."""
    await lock_orders(work, [order_id])
    moved = await ORDERS.move(work, [order_id], OrderTrigger.CANCEL, cause=reason)
    if not moved:
        await get_row(work, Order, order_id)
        return
    await close_enrollments(work, order_id)
    await cancel_contracts(work, [order_id], reason)
    before = OrderState(moved[order_id].source)
    await follow(work, order_id, before, OrderState.CANCELED)
