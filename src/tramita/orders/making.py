"""What a learner may order, who gets it, and whether they have it already."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

import msgspec

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.orders.errors import OfferedByNobody, OrderExists, invalid
from tramita.orders.lifecycle import ACTIVE, EnrollmentState
from tramita.orders.model import ProductType

# Whether the contract that this task makes is an order's: the core tells its backend of it, and
# nobody else may make one.
is_being_made: ContextVar[bool] = ContextVar("is_being_made", default=False)

_WANTED: Final = """
    FROM offerings AS o JOIN courses AS c ON c.id = o.course_id
    JOIN course_products AS p ON p.id = o.product_id
    WHERE o.product_id = $1 AND o.tenant = $2
      AND (c.code = $3 OR c.id = (SELECT course_id FROM enrollments WHERE id = $4))
"""
# Whoever waits for a row finds it as it is then, and all beside it as it was before: so what is offered
# is read afterwards.
_HELD: Final = f"SELECT {_WANTED} FOR NO KEY UPDATE OF o FOR SHARE OF p"
_OFFERED: Final = f"""
    SELECT o.id, o.course_id, o.product_id, c.code AS course_code, c.starts_on, c.ends_on,
           p.title, p.type, p.price, p.currency, p.vat_rate, p.is_one_sitting,
           p.contract_definition_id AS definition,
           (SELECT version FROM contract_definitions WHERE id = p.contract_definition_id) AS version
    {_WANTED} AND o.is_open
"""  # noqa: S608 - ours
_FEWEST: Final = f"""
    SELECT organization_id AS id FROM offering_organizations AS g
    WHERE offering_id = $1 AND ($2::uuid IS NULL OR organization_id = $2)
    ORDER BY (SELECT count(*) FROM orders AS o WHERE o.offering_id = g.offering_id
              AND o.organization_id = g.organization_id AND {one_of("o.state", ACTIVE)}),
             organization_id LIMIT 1
"""  # noqa: S608 - ours
_SAME: Final = f"""
    SELECT id FROM orders WHERE owner_id = $1 AND product_id = $2 AND course_id = $3
    AND {one_of("state", ACTIVE)}
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody orders: a product for a course, or for an enrollment of theirs."""

    product_id: UUID
    course_code: str | None = None
    enrollment_id: UUID | None = None
    organization_id: UUID | None = None
    billing_address: dict[str, str] | None = None
    has_waived_withdrawal_right: bool = False


class Offered(msgspec.Struct, frozen=True):
    """What is offered at this moment, and will be the order's whatever changes later."""

    id: UUID
    course_id: UUID
    product_id: UUID
    course_code: str
    starts_on: date | None
    ends_on: date | None
    title: str
    type: ProductType
    price: Annotated[Decimal, msgspec.Meta(description="in ``currency``")]
    currency: str
    vat_rate: Decimal | None
    is_one_sitting: bool
    definition: UUID | None
    version: int | None


async def find_offered(work: UnitOfWork, owner: UUID, wanted: Wanted) -> Offered:
    """What is wanted, locked: orders of one offering are made one after another.

    Its product stays as it is meanwhile. Raises ``InvalidError``.
    """
    if (wanted.course_code is None) == (wanted.enrollment_id is None):
        message = "Say for which course, or for which enrollment."
        raise invalid("course_code", "one_of_two", message)
    if wanted.enrollment_id is not None:
        await _check_enrollment(work, owner, wanted.enrollment_id)
    by = (wanted.product_id, work.bounds.tenant, wanted.course_code, wanted.enrollment_id)
    await work.fetch(_HELD, *by)
    found = await work.read(Offered, _OFFERED, *by)
    if not found:
        message = "This product is not offered there."
        raise invalid("product_id", "unknown_offering", message)
    [offered] = found
    if (offered.type is ProductType.CERTIFICATE) == (wanted.enrollment_id is None):
        message = "A certificate is ordered for an enrollment, and nothing else is."
        raise invalid("enrollment_id", "wrong_product_type", message)
    return offered


async def _check_enrollment(work: UnitOfWork, owner: UUID, enrollment_id: UUID) -> None:
    rows = await work.fetch(
        "SELECT FROM enrollments WHERE id = $1 AND learner_id = $2 AND state = $3",
        enrollment_id,
        owner,
        EnrollmentState.OPEN.value,
    )
    if not rows:
        message = f"There is no open enrollment {enrollment_id} of yours."
        raise invalid("enrollment_id", "unknown_enrollment", message)


async def refuse_second(work: UnitOfWork, owner: UUID, offered: Offered) -> None:
    """Raise ``OrderExists`` for what this learner has ordered already."""
    rows = await work.fetch(_SAME, owner, offered.product_id, offered.course_id)
    if rows:
        raise OrderExists(id=rows[0]["id"])


async def choose_organization(work: UnitOfWork, offered: Offered, wanted: UUID | None) -> UUID:
    """That which is wanted, else the one with the fewest active orders of the offering."""
    rows = await work.fetch(_FEWEST, offered.id, wanted)
    if rows:
        organization: UUID = rows[0]["id"]
        return organization
    if wanted is None:
        raise OfferedByNobody
    message = f"The organization {wanted} does not offer this."
    raise invalid("organization_id", "unknown_organization", message)
