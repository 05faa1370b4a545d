"""Read model of one order: everything that somebody with its learner on the phone may be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.contracts.model import CUSTOMER_EMAIL, CUSTOMER_NAME
from tramita.contracts.story import tell_contract
from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking_shapes import mask_email, mask_name
from tramita.kit.money import Money
from tramita.kit.operations.unsettled import Unsettled
from tramita.kit.timeline import MOST, Stretch
from tramita.orders.errors import OrderNotFound
from tramita.orders.learners import read_username
from tramita.orders.lifecycle import EnrollmentState, OrderState
from tramita.payments.story import AccountStory, tell_account
from tramita.signatures.queries import SignatureView, signature_states


class Target(Struct):
    """A course that the order was sold for, and since when it is open, or closed again."""

    code: str
    title: str
    state: EnrollmentState | None
    opened_at: datetime | None
    closed_at: datetime | None


class OrderRow(Struct):
    """An order as it was made; what it says of its learner is masked."""

    id: UUID
    state: OrderState
    created_at: datetime
    total: Decimal
    currency: str
    starts_on: date | None
    ends_on: date | None
    has_waived_withdrawal_right: bool
    owner_id: UUID
    username: str
    learner: str
    email: str | None
    erased_at: datetime | None
    tenant: str
    course_id: UUID
    course_code: str
    course: str
    product_id: UUID
    product: str
    product_type: str
    organization_id: UUID | None
    organization: str | None
    definition_id: UUID | None
    definition: str | None
    definition_version: int | None
    targets: list[Target]
    now: datetime

    @property
    def money(self) -> Money:
        """What it costs."""
        return Money(self.total, self.currency)

    @property
    def is_signed_by_contract(self) -> bool:
        """Whether anything is signed for it."""
        return self.definition_id is not None


@dataclass(frozen=True)
class OrderStanding:
    """One order with how it is signed and paid."""

    row: OrderRow
    signature: SignatureView | None
    account: AccountStory | None


@dataclass(frozen=True)
class OrderStory(OrderStanding):
    """The same, with what is under way and what happened."""

    unsettled: Sequence[Unsettled]
    timeline: Stretch


_ORDER: Final = """
    SELECT o.id, o.state, o.created_at, o.total, o.currency, o.starts_on, o.ends_on, o.tenant,
           o.has_waived_withdrawal_right, o.owner_id, l.username, k.name AS learner, k.email,
           k.erased_at, c.id AS course_id, c.code AS course_code, c.title AS course,
           p.id AS product_id, p.title AS product, p.type AS product_type,
           g.id AS organization_id, g.title AS organization, d.id AS definition_id,
           d.title AS definition, o.contract_definition_version AS definition_version,
           coalesce(t.targets, '[]') AS targets, tramita_now() AS now
    FROM orders AS o JOIN learners AS l ON l.id = o.owner_id JOIN customers AS k ON k.id = o.owner_id
    JOIN courses AS c ON c.id = o.course_id JOIN course_products AS p ON p.id = o.product_id
    LEFT JOIN organizations AS g ON g.id = o.organization_id
    LEFT JOIN contract_definitions AS d ON d.id = o.contract_definition_id
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('code', k.code, 'title', k.title, 'state', e.state,
                         'opened_at', e.opened_at, 'closed_at', e.closed_at)
                         ORDER BY t.position) AS targets
        FROM order_target_courses AS t JOIN courses AS k ON k.id = t.course_id
        LEFT JOIN enrollments AS e ON e.order_id = t.order_id AND e.course_id = t.course_id
        WHERE t.order_id = o.id
    ) AS t ON true
    WHERE o.id = $1
"""


async def get_order_row(work: UnitOfWork, order_id: UUID) -> OrderRow:
    """The order alone; raises ``OrderNotFound``."""
    found = await work.read(OrderRow, _ORDER, order_id)
    if not found:
        raise OrderNotFound(id=order_id)
    [row] = found
    row.learner = mask_name(work.keys.decrypt(row.learner, CUSTOMER_NAME))
    row.username = mask_name(read_username(work, row.username))
    row.email = row.email and mask_email(work.keys.decrypt(row.email, CUSTOMER_EMAIL))
    return row


async def stand_of_order(work: UnitOfWork, order_id: UUID) -> OrderStanding | None:
    """How an order stands; none where there is none of this id."""
    try:
        row = await get_order_row(work, order_id)
    except OrderNotFound:
        return None
    signature = (await signature_states(work, [order_id])).get(order_id)
    return OrderStanding(row, signature, await tell_account(work, order_id))


async def tell_order(
    work: UnitOfWork, order_id: UUID, before: datetime | None = None, *, most: int = MOST
) -> OrderStory:
    """One order in full, in a constant number of statements; raises ``OrderNotFound``."""
    row = await get_order_row(work, order_id)
    signature = (await signature_states(work, [order_id])).get(order_id)
    account = await tell_account(work, order_id)
    told = await tell_contract(work, order_id, before, most=most)
    return OrderStory(row, signature, account, told.unsettled, told.timeline)
