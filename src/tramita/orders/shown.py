"""What the learners' pages are made of: a fixed number of statements for any number of orders."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.database.conditions import one_of, only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import JWTUser
from tramita.kit.money import Money
from tramita.orders.errors import OfferingNotFound
from tramita.orders.lifecycle import ACTIVE
from tramita.orders.model import ProductType
from tramita.orders.queries import OrderFilter, get_own_order, list_own_orders
from tramita.orders.views import OrderAnswer
from tramita.signatures.queries import SignatureView, signature_states

_OFFERS: Final = f"""
    SELECT o.id, o.product_id, c.code AS course_code, c.title AS course, c.starts_on, c.ends_on,
           p.title, p.type, p.price, p.currency,
           p.contract_definition_id IS NOT NULL AS has_contract,
           ARRAY(SELECT g.title FROM offering_organizations AS og
                 JOIN organizations AS g ON g.id = og.organization_id
                 WHERE og.offering_id = o.id ORDER BY g.title) AS organizations,
           ARRAY(SELECT k.title FROM product_target_courses AS t
                 JOIN courses AS k ON k.id = t.course_id
                 WHERE t.product_id = p.id ORDER BY t.position) AS courses,
           (SELECT r.id FROM orders AS r WHERE r.owner_id = $2 AND r.product_id = o.product_id
            AND r.course_id = o.course_id AND {one_of("r.state", ACTIVE)} LIMIT 1) AS ordered
    FROM offerings AS o JOIN courses AS c ON c.id = o.course_id
    JOIN course_products AS p ON p.id = o.product_id
    WHERE o.is_open AND o.tenant = $1 AND p.type <> '{ProductType.CERTIFICATE}'
"""  # noqa: S608 - ours


class Product(msgspec.Struct, frozen=True):
    """What an order is of."""

    id: UUID
    title: str
    type: ProductType


class Offer(msgspec.Struct, frozen=True):
    """What may be ordered; ``ordered`` is the order of it that its reader has already."""

    id: UUID
    product_id: UUID
    course_code: str
    course: str
    starts_on: date | None
    ends_on: date | None
    title: str
    type: ProductType
    price: Decimal
    currency: str
    has_contract: bool
    organizations: list[str]
    courses: list[str]
    ordered: UUID | None

    @property
    def total(self) -> Money:
        """What it costs."""
        return Money(self.price, self.currency)


class Shown(msgspec.Struct, frozen=True):
    """An order with what else its page tells."""

    order: OrderAnswer
    product: Product
    signature: SignatureView | None


async def list_shown(
    work: UnitOfWork, user: JWTUser, *, before: UUID | None, limit: int
) -> list[Shown]:
    """A learner's orders, newest first; one more than ``limit`` if there are more."""
    found = await list_own_orders(work, user, OrderFilter(), before=before, limit=limit)
    return await _shown(work, found)


async def get_shown(work: UnitOfWork, user: JWTUser, order_id: UUID) -> Shown:
    """One of them; raises ``OrderNotFound``, of somebody else's too."""
    return (await _shown(work, [await get_own_order(work, user, order_id)]))[0]


async def list_watched(
    work: UnitOfWork, learner_id: UUID, *, before: UUID | None, limit: int
) -> list[UUID]:
    """The orders that a page of them shows."""
    where, values = only_given({}, {"id <": before}, first=3)
    rows = await work.fetch(
        f"SELECT id FROM orders WHERE owner_id = $1 AND {where} ORDER BY id DESC LIMIT $2",  # noqa: S608 - ours
        learner_id,
        limit,
        *values,
    )
    return [row["id"] for row in rows]


async def list_offers(
    work: UnitOfWork, tenant: str, learner_id: UUID, *, before: UUID | None, limit: int
) -> list[Offer]:
    """What is offered now, newest first; one more than ``limit`` if there are more."""
    where, values = only_given({}, {"o.id <": before}, first=4)
    statement = f"{_OFFERS} AND {where} ORDER BY o.id DESC LIMIT $3"
    return await work.read(Offer, statement, tenant, learner_id, limit + 1, *values)


async def get_offer(work: UnitOfWork, tenant: str, learner_id: UUID, offering_id: UUID) -> Offer:
    """One of them; raises ``OfferingNotFound``."""
    found = await work.read(Offer, f"{_OFFERS} AND o.id = $3", tenant, learner_id, offering_id)
    if not found:
        raise OfferingNotFound(id=offering_id)
    return found[0]


async def _shown(work: UnitOfWork, found: Sequence[OrderAnswer]) -> list[Shown]:
    signatures = await signature_states(work, [one.id for one in found])
    products = {
        one.id: one
        for one in await work.read(
            Product,
            "SELECT id, title, type FROM course_products WHERE id = ANY($1::uuid[])",
            [one.product_id for one in found],
        )
    }
    return [Shown(one, products[one.product_id], signatures.get(one.id)) for one in found]
