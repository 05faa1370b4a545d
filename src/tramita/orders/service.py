"""Use cases of orders: make one, cancel one. Each works inside the caller's unit of work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from tramita.contracts.service import NewContract, cancel_contracts, create_contract
from tramita.kit.database.records import get_row
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import JWTUser
from tramita.kit.money import Money
from tramita.kit.webhooks.emission import emit
from tramita.orders.enrollments import close_enrollments
from tramita.orders.errors import (
    NothingToRefund,
    OrderCompleted,
    OrderNotPayable,
    WithdrawalNotPossible,
    invalid,
)
from tramita.orders.events import ORDER_CREATED
from tramita.orders.learners import know_learner
from tramita.orders.lifecycle import ACTIVE, ORDER, OrderState, OrderTrigger
from tramita.orders.making import (
    Offered,
    Wanted,
    choose_organization,
    find_offered,
    is_being_made,
    refuse_second,
)
from tramita.orders.model import BACKEND, ORDERS, Order, Organization
from tramita.orders.moving import follow, lock_orders, move_orders, tell_of
from tramita.orders.rules import PAID, is_withdrawable
from tramita.payments.accounts import (
    NewAccount,
    bind_card,
    cancel_remaining,
    open_account,
    start_refunds,
    unbind_card,
)
from tramita.payments.queries import standing_of
from tramita.payments.rules.schedule import CourseWithoutDates
from tramita.payments.sellers import Sale
from tramita.payments.settings import PaymentSettings
from tramita.signatures.service import abort

_TARGETS: Final = """
    SELECT c.code, c.title FROM order_target_courses AS t JOIN courses AS c ON c.id = t.course_id
    WHERE t.order_id = $1 ORDER BY t.position
"""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays an order, for what, who is billed, and by which settings."""

    user: JWTUser
    offered: Offered
    address: Mapping[str, str]
    settings: PaymentSettings


async def create_order(
    work: UnitOfWork, user: JWTUser, wanted: Wanted, settings: PaymentSettings
) -> UUID:
    """Make an order as it is offered now, with its contract and account; answers its id.

    The settings say who takes its card, and where its invoices have their day.
    Raises ``InvalidError``, ``OrderExists``, ``OfferedByNobody`` and ``CourseWithoutDates``.
    """
    owner = await know_learner(work, user)
    offered = await find_offered(work, owner, wanted)
    _check_payable(offered, wanted)
    await refuse_second(work, owner, offered)
    chosen = await choose_organization(work, offered, wanted.organization_id)
    # Held: whoever changes its members finds each of its orders, or has us wait. Nobody who orders does.
    organization = await get_row(work, Organization, chosen, is_shared=True)
    order = _order(owner, chosen, offered, wanted)
    order.id = await _make_contract(work, owner, offered)
    order.created_at = await work.now()
    work.add(order)
    await work.session.flush()
    await _freeze_targets(work, order)
    if order.total:
        payer = Payer(user, offered, wanted.billing_address or {}, settings)
        await _open_account(work, order, organization, payer)
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
        raise CourseWithoutDates(missing="dates yet")


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
        has_waived_withdrawal_right=wanted.has_waived_withdrawal_right,
    )


async def _freeze_targets(work: UnitOfWork, order: Order) -> None:
    await work.fetch(
        "INSERT INTO order_target_courses (order_id, course_id, position) "
        "SELECT $1, course_id, position FROM product_target_courses WHERE product_id = $2",
        order.id,
        order.product_id,
    )


async def _open_account(
    work: UnitOfWork, order: Order, organization: Organization, payer: Payer
) -> None:
    """Let it be paid, and write its main invoice."""
    targets = await work.fetch(_TARGETS, order.id)
    offered = payer.offered
    sale = Sale(
        title=offered.title,
        details=tuple(f"{row['code']}: {row['title']}" for row in targets),
        starts_on=offered.starts_on,
        ends_on=offered.ends_on,
        vat_rate=offered.vat_rate,
        language=payer.user.language,
        time_zone=payer.settings.time_zone,
    )
    account = NewAccount(
        owner=payer.user.username,
        email=payer.user.email,
        organization=organization.code,
        total=Money(order.total, order.currency),
        provider=payer.settings.provider,
        address=payer.address,
        sale=sale,
    )
    await open_account(work, order.id, account)


async def choose_card(work: UnitOfWork, order_id: UUID, card_id: UUID) -> None:
    """Pay an order with this card from now on; raises ``OrderNotPayable``."""
    await lock_orders(work, [order_id])
    order = await get_row(work, Order, order_id)
    if order.state not in ACTIVE - {OrderState.COMPLETED} or not order.total:
        raise OrderNotPayable(id=order_id)
    await bind_card(work, order_id, card_id)
    await move_orders(work, [order_id])


_CANCELED: Final = "its order is canceled"


async def withdraw_from_order(
    work: UnitOfWork, order_id: UUID, today: date, reason: str = "its learner has withdrawn"
) -> None:
    """Cancel an order before anything of it was due; raises ``WithdrawalNotPossible``."""
    await lock_orders(work, [order_id])
    order = await get_row(work, Order, order_id)
    account = (await standing_of(work, [order_id])).get(order_id)
    dues = [one.due_date for one in account.installments] if account else []
    is_waived = order.has_waived_withdrawal_right
    if not is_withdrawable(order.state, dues, today, is_waived=is_waived):
        raise WithdrawalNotPossible(id=order_id)
    await cancel_order(work, order_id, reason)


async def refund_order(work: UnitOfWork, order_id: UUID) -> None:
    """Give back what was paid for a canceled order; again goes on where it was.

    Raises ``NothingToRefund``.
    """
    await lock_orders(work, [order_id])
    order = await get_row(work, Order, order_id)
    account = (await standing_of(work, [order_id])).get(order_id)
    is_paid = account and any(one.state == PAID for one in account.installments)
    if order.state == OrderState.CANCELED and is_paid:
        moved = await ORDERS.move_one(work, order_id, OrderTrigger.REFUND)
        await follow(work, order_id, OrderState(moved.source), OrderState(moved.target))
    elif order.state not in (OrderState.REFUNDING, OrderState.REFUNDED):
        raise NothingToRefund(id=order_id)
    await start_refunds(work, order_id)


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
    await abort(work, [order_id], _CANCELED)
    await cancel_remaining(work, order_id)
    await unbind_card(work, order_id)
    await close_enrollments(work, order_id)
    await cancel_contracts(work, [order_id], reason)
    before = OrderState(moved[order_id].source)
    await follow(work, order_id, before, OrderState.CANCELED)
