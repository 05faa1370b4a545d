"""Use cases of what is offered, and by whom. Codes never change, and nothing changes an order."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET, UnsetType, to_builtins
from sqlalchemy import select

from tramita.kit.database.records import Findable, get_row, insert_row
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.jwt_users import USERNAME
from tramita.kit.languages.filled import Filled
from tramita.kit.money import WITHOUT_HUNDREDTHS
from tramita.orders.errors import CodeTaken, MemberNotFound, MemberTaken, OfferingTaken, invalid
from tramita.orders.model import (
    MEMBER_EMAIL,
    MEMBER_NAME,
    MEMBER_USERNAME,
    ContractDefinition,
    Course,
    CourseProduct,
    Offering,
    Organization,
)
from tramita.orders.signing import owners_changed
from tramita.orders.text import NAMES, unknown_names
from tramita.payments.sellers import Seller, know_seller

Values = Mapping[str, Any]
C = TypeVar("C", Course, Organization)
D = TypeVar("D", ContractDefinition, CourseProduct)
F = TypeVar("F", bound=Findable)
K = TypeVar("K", Course, CourseProduct, ContractDefinition, Organization)


async def create_coded(work: UnitOfWork, kind: type[C], values: Values) -> C:
    """Add a course or an organization; raises ``CodeTaken`` and ``InvalidError``."""
    _check_dates(values.get("starts_on"), values.get("ends_on"))
    row = await insert_row(work, kind, values, "tenant", "code")
    if row is None:
        raise CodeTaken(kind=kind.__name__.lower(), code=values["code"])
    return row


async def change_coded(work: UnitOfWork, kind: type[C], row_id: UUID, values: Values) -> C:
    """Change a course or an organization; orders made keep the dates they were made with."""
    row = await get_row(work, kind, row_id)
    for name, value in values.items():
        setattr(row, name, value)
    if isinstance(row, Course):
        _check_dates(row.starts_on, row.ends_on)
    await work.session.flush()
    return row


async def create_organization(
    work: UnitOfWork, values: Values, seller: Seller | None
) -> Organization:
    """Add an organization, which its invoices name so, or by its title; raises ``CodeTaken``."""
    row = await create_coded(work, Organization, values)
    await know_seller(work, row.tenant, row.code, seller or _plain_seller(row))
    return await _anew(work, row)


async def change_organization(
    work: UnitOfWork, organization_id: UUID, values: Values, seller: Seller | UnsetType | None
) -> Organization:
    """Change an organization; invoices to come name it as it is then."""
    row = await _held(work, Organization, organization_id)
    was_plain = is_plain(row)
    row = await change_coded(work, Organization, organization_id, values)
    if seller is None or (seller is UNSET and was_plain):
        seller = _plain_seller(row)
    if seller is not UNSET:
        await know_seller(work, row.tenant, row.code, seller)
    return await _anew(work, row)


def is_plain(organization: Organization) -> bool:
    """Whether its invoices name it by its title alone."""
    return bool(organization.seller == to_builtins(_plain_seller(organization)))


def _plain_seller(organization: Organization) -> Seller:
    return Seller(organization.title, country=organization.country)


def _check_dates(starts_on: Any, ends_on: Any) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise invalid("ends_on", "before_its_start", "A course ends after it starts.")


async def create_definition(work: UnitOfWork, values: Values, body: str) -> ContractDefinition:
    """Add a contract definition in its first version; raises ``InvalidError``."""
    _check_text(body)
    row = await _add(work, ContractDefinition(**values, version=1))
    await _write_version(work, row.id, 1, body)
    return await _anew(work, row)


async def change_definition(
    work: UnitOfWork, definition_id: UUID, values: Values, body: str | None
) -> ContractDefinition:
    """Change what a definition is called, or its text: that makes a version more."""
    _check_text(body or "")
    row = await _held(work, ContractDefinition, definition_id)
    for name, value in values.items():
        setattr(row, name, value)
    if body is not None and body != row.body:
        row.version += 1
        await _write_version(work, row.id, row.version, body)
    await work.session.flush()
    return await _anew(work, row)


def _check_text(body: str) -> None:
    unknown = unknown_names(body)
    if unknown:
        message = Filled.of(
            "Nothing is called {name}. There are: {names}.",
            name=unknown[0],
            names=", ".join(sorted(NAMES)),
        )
        raise invalid("body", "unknown_placeholder", message)


async def _write_version(work: UnitOfWork, definition_id: UUID, version: int, body: str) -> None:
    await work.fetch(
        "INSERT INTO contract_definition_versions (definition_id, version, body, created_at) "
        "VALUES ($1, $2, $3, tramita_now())",
        definition_id,
        version,
        body,
    )


async def create_product(
    work: UnitOfWork, values: Values, targets: Sequence[UUID]
) -> CourseProduct:
    """Add a product; raises ``InvalidError`` for a contract or courses that there are not."""
    await _check_sellable(work, work.bounds.tenant, values)
    row = await _add(work, CourseProduct(**values))
    await _write_targets(work, row, targets)
    return await _anew(work, row)


async def change_product(
    work: UnitOfWork, product_id: UUID, values: Values, targets: Sequence[UUID] | None
) -> CourseProduct:
    """Change a product for orders to come."""
    row = await get_row(work, CourseProduct, product_id)
    await _check_sellable(work, row.tenant, values)
    for name, value in values.items():
        setattr(row, name, value)
    await work.session.flush()
    if targets is not None:
        await work.fetch("DELETE FROM product_target_courses WHERE product_id = $1", product_id)
        await _write_targets(work, row, targets)
    return await _anew(work, row)


async def _check_sellable(work: UnitOfWork, tenant: str, values: Values) -> None:
    """What is paid for is paid in hundredths: processors count in whatever their currency has."""
    if values.get("currency") in WITHOUT_HUNDREDTHS:
        message = Filled.of(
            "Nothing can be sold in {currency}: it has no hundredths.", currency=values["currency"]
        )
        raise invalid("price.currency", "without_hundredths", message)
    definition = values.get("contract_definition_id")
    if definition is not None:
        await _check_there(work, ContractDefinition, tenant, "contract_definition", [definition])


async def _write_targets(work: UnitOfWork, product: CourseProduct, targets: Sequence[UUID]) -> None:
    await _check_there(work, Course, product.tenant, "target_courses", targets)
    await work.fetch(
        "INSERT INTO product_target_courses (product_id, course_id, position) "
        "SELECT $1, id, n FROM unnest($2::uuid[]) WITH ORDINALITY AS t(id, n)",
        product.id,
        list(targets),
    )


async def create_offering(
    work: UnitOfWork, values: Values, organizations: Sequence[UUID]
) -> Offering:
    """Offer a product for a course; raises ``OfferingTaken`` and ``InvalidError``."""
    tenant = work.bounds.tenant
    await _check_there(work, Course, tenant, "course", [values["course_id"]])
    await _check_there(work, CourseProduct, tenant, "product", [values["product_id"]])
    row = await insert_row(work, Offering, values, "course_id", "product_id")
    if row is None:
        raise OfferingTaken
    await _write_offerers(work, row, organizations)
    return await _anew(work, row)


async def change_offering(
    work: UnitOfWork, offering_id: UUID, values: Values, organizations: Sequence[UUID] | None
) -> Offering:
    """Open or close an offering, or have others offer it; orders made stay where they are."""
    row = await get_row(work, Offering, offering_id)
    for name, value in values.items():
        setattr(row, name, value)
    await work.session.flush()
    if organizations is not None:
        await work.fetch("DELETE FROM offering_organizations WHERE offering_id = $1", offering_id)
        await _write_offerers(work, row, organizations)
    return await _anew(work, row)


async def _write_offerers(work: UnitOfWork, offering: Offering, ids: Sequence[UUID]) -> None:
    await _check_there(work, Organization, offering.tenant, "organizations", ids)
    await work.fetch(
        "INSERT INTO offering_organizations (offering_id, organization_id) "
        "SELECT $1, id FROM unnest($2::uuid[]) AS o(id)",
        offering.id,
        list(ids),
    )


async def add_member(work: UnitOfWork, organization_id: UUID, values: Values) -> UUID:
    """Let somebody act for an organization; raises ``OrganizationNotFound`` and ``MemberTaken``."""
    await get_row(work, Organization, organization_id)
    rows = await work.fetch(
        "INSERT INTO organization_members (id, organization_id, username, username_hash, full_name, "
        "email, language, role, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, tramita_now()) "
        "ON CONFLICT (organization_id, username_hash) DO NOTHING RETURNING id",
        new_id(),
        organization_id,
        work.keys.encrypt(values["username"], MEMBER_USERNAME),
        work.keys.hash(USERNAME, values["username"]),
        work.keys.encrypt(values["full_name"], MEMBER_NAME),
        work.keys.encrypt(values["email"], MEMBER_EMAIL),
        values["language"],
        values["role"],
    )
    if not rows:
        raise MemberTaken(username=values["username"])
    await owners_changed(work, organization_id)
    member: UUID = rows[0]["id"]
    return member


async def remove_member(work: UnitOfWork, organization_id: UUID, member_id: UUID) -> None:
    """Let somebody act no more; raises ``OrganizationNotFound`` and ``MemberNotFound``."""
    await get_row(work, Organization, organization_id)
    rows = await work.fetch(
        "DELETE FROM organization_members WHERE organization_id = $1 AND id = $2 RETURNING id",
        organization_id,
        member_id,
    )
    if not rows:
        raise MemberNotFound(id=member_id)
    await owners_changed(work, organization_id)


async def _check_there(
    work: UnitOfWork, kind: type[K], tenant: str, field: str, ids: Sequence[UUID]
) -> None:
    """Raise ``InvalidError`` for what is not there, or is named twice.

    What belongs to another tenant is not there, also for somebody who may see it.
    """
    if len(set(ids)) != len(ids):
        raise invalid(field, "named_twice", "Each is named once.")
    # Whoever is deleting one of them is waited for, and waits for us.
    found = set(
        await work.session.scalars(
            select(kind.id)
            .where(kind.id.in_(ids), kind.tenant == tenant)
            .with_for_update(read=True, key_share=True)
        )
    )
    missing = [one for one in ids if one not in found]
    if missing:
        raise invalid(field, "unknown", kind.missing(id=missing[0]).sentence)


async def _add(work: UnitOfWork, row: D) -> D:
    row.id, row.created_at = new_id(), await work.now()
    work.add(row)
    await work.session.flush()
    return row


async def _held(work: UnitOfWork, kind: type[F], row_id: UUID) -> F:
    """A locked row with what stands in other tables: read when it was ours, whoever had it before."""
    return await _anew(work, await get_row(work, kind, row_id))


async def _anew(work: UnitOfWork, row: F) -> F:
    """As it is now, with what stands in other tables."""
    await work.session.refresh(row)
    return row
