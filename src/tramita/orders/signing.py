"""Having an order's contract signed: its text, and by whom."""

from typing import Final
from uuid import UUID

from tramita.contracts.model import CUSTOMER_EMAIL, CUSTOMER_NAME
from tramita.kit.database.work import UnitOfWork
from tramita.orders.errors import OrderNotSignable, OrganizationWithoutOwner
from tramita.orders.lifecycle import SIGNABLE
from tramita.orders.model import MEMBER_EMAIL, MEMBER_NAME, Role
from tramita.orders.moving import lock_orders, move_orders
from tramita.orders.text import fill
from tramita.signatures.queries import SIGNED, has_procedure
from tramita.signatures.service import (
    Document,
    Party,
    Signatory,
    request_signature,
    signatories_changed,
)
from tramita.signatures.settings import SignatureSettings

# By the placeholders of the text.
_ORDER: Final = """
    SELECT o.state, v.body, d.language, o.organization_id,
           to_char(o.created_at, 'YYYY-MM-DD') || '_' || c.code || '_' || o.id AS title,
           k.name AS "learner.full_name", k.email AS "learner.email", k.locale,
           g.title AS "organization.title", c.code AS "course.code", c.title AS "course.title",
           coalesce(o.starts_on::text, '') AS "course.starts_on",
           coalesce(o.ends_on::text, '') AS "course.ends_on", p.title AS "product.title",
           o.id::text AS "order.id", o.total::text AS "order.total",
           o.currency AS "order.total_currency",
           o.contract_definition_version::text AS "contract.version"
    FROM orders AS o JOIN customers AS k ON k.id = o.owner_id
    JOIN organizations AS g ON g.id = o.organization_id JOIN courses AS c ON c.id = o.course_id
    JOIN course_products AS p ON p.id = o.product_id
    JOIN contract_definitions AS d ON d.id = o.contract_definition_id
    JOIN contract_definition_versions AS v ON v.definition_id = d.id
         AND v.version = o.contract_definition_version
    WHERE o.id = $1
"""
_OF_LEARNER: Final = {"learner.full_name": CUSTOMER_NAME, "learner.email": CUSTOMER_EMAIL}
# Also what is not submitted yet; of what is signed an organization has more each year.
_UNSIGNED: Final = f"""
    SELECT o.id FROM orders AS o WHERE o.organization_id = $1 AND o.contract_definition_id IS NOT NULL
    AND o.state NOT IN ('canceled', 'refunding', 'refunded') AND NOT {has_procedure("o.id", SIGNED)}
    ORDER BY o.id
"""  # noqa: S608 - ours


async def submit_for_signature(
    work: UnitOfWork, order_id: UUID, settings: SignatureSettings
) -> None:
    """Have the contract signed by the learner, and then by an owner of the organization.

    Again, or by two clicks at once, it is one procedure. Raises ``OrderNotSignable`` and
    ``OrganizationWithoutOwner``.
    """
    await lock_orders(work, [order_id])
    rows = await work.fetch(_ORDER, order_id)
    if not rows or rows[0]["state"] not in SIGNABLE:
        raise OrderNotSignable(id=order_id)
    order = dict(rows[0])
    for field, place in _OF_LEARNER.items():
        order[field] = order[field] and work.keys.decrypt(order[field], place)
    learner = Signatory(
        Party.STUDENT, order["learner.full_name"], order["learner.email"], order["locale"]
    )
    owners = await find_owners(work, order["organization_id"])
    if not owners:
        raise OrganizationWithoutOwner(title=order["organization.title"])
    document = Document(order["title"], fill(order["body"], order), order["language"])
    await request_signature(work, order_id, document, [learner, *owners], settings=settings)
    await move_orders(work, [order_id])


async def find_owners(work: UnitOfWork, organization_id: UUID) -> list[Signatory]:
    """Who signs for an organization: one of them is enough."""
    rows = await work.fetch(
        "SELECT full_name, email, language FROM organization_members "
        "WHERE organization_id = $1 AND role = $2 ORDER BY id",
        organization_id,
        Role.OWNER.value,
    )
    decrypt = work.keys.decrypt
    return [
        Signatory(
            Party.ORGANIZATION,
            decrypt(row["full_name"], MEMBER_NAME),
            decrypt(row["email"], MEMBER_EMAIL),
            row["language"],
        )
        for row in rows
    ]


async def owners_changed(work: UnitOfWork, organization_id: UUID) -> None:
    """Have running procedures signed by those who own the organization now, if anybody does."""
    owners = await find_owners(work, organization_id)
    if not owners:
        return
    ids = [row["id"] for row in await work.fetch(_UNSIGNED, organization_id)]
    await signatories_changed(work, ids, Party.ORGANIZATION, owners)
