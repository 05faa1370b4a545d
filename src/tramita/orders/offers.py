"""What may be ordered, as learners see it: one statement for any number."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.database.conditions import one_of, only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.money import Money
from tramita.orders.errors import OfferingNotFound
from tramita.orders.lifecycle import ACTIVE
from tramita.orders.model import ProductType

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
