"""Use cases of the catalog: products and packages. Codes never change."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from tramita.contracts.errors import (
    CustomerNotFound,
    PackageCodeTaken,
    PackageNotFound,
    ProductCodeTaken,
    ProductNotFound,
    StillInUse,
    invalid,
)
from tramita.contracts.model import Customer, Package, Product
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.identifiers import new_id

K = TypeVar("K", Product, Package, Customer)


async def create_product(work: UnitOfWork, values: Mapping[str, Any]) -> Product:
    """Add a product: code, name, payment_backend, active; raises ``ProductCodeTaken``."""
    product = await _insert(work, Product, values)
    if product is None:
        raise ProductCodeTaken(code=values["code"])
    return product


async def create_package(work: UnitOfWork, values: Mapping[str, Any]) -> Package:
    """Add a package: code, product_id, name, price, currency, terms.

    Raises ``PackageCodeTaken``, and ``InvalidError`` for an unknown product.
    """
    if await work.session.get(Product, values["product_id"]) is None:
        raise invalid("product", "unknown_product", f"There is no product {values['product_id']}.")
    package = await _insert(work, Package, values)
    if package is None:
        raise PackageCodeTaken(code=values["code"])
    return package


async def change_product(work: UnitOfWork, product_id: UUID, values: Mapping[str, Any]) -> Product:
    """Change name, payment backend or whether it is sold; contracts made keep their backend."""
    return _assign(await get_row(work, Product, product_id), values)


async def change_package(work: UnitOfWork, package_id: UUID, values: Mapping[str, Any]) -> Package:
    """Change name, price or terms."""
    return _assign(await get_row(work, Package, package_id), values)


_NOT_FOUND: dict[type, type[NotFoundError]] = {
    Product: ProductNotFound,
    Package: PackageNotFound,
    Customer: CustomerNotFound,
}


async def get_row(work: UnitOfWork, kind: type[K], row_id: UUID) -> K:
    """One row, locked; raises the kind's own ``…NotFound``."""
    row = await work.session.scalar(select(kind).where(kind.id == row_id).with_for_update())
    if row is None:
        raise _NOT_FOUND[kind](id=row_id)
    return row


async def delete_row(work: UnitOfWork, kind: type[K], row_id: UUID) -> None:
    """Delete what nothing refers to; raises ``…NotFound`` and ``StillInUse``."""
    try:
        deleted = await work.session.scalar(
            delete(kind).where(kind.id == row_id).returning(kind.id)
        )
    except IntegrityError as error:
        raise StillInUse(kind=kind.__name__.lower(), id=row_id) from error
    if deleted is None:
        raise _NOT_FOUND[kind](id=row_id)


async def _insert(work: UnitOfWork, kind: type[K], values: Mapping[str, Any]) -> K | None:
    """The new row, or None when its code is taken."""
    row: K | None = await work.session.scalar(
        insert(kind)
        .values(id=new_id(), created_at=await work.now(), **values)
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(kind)
    )
    return row


def _assign(row: K, values: Mapping[str, Any]) -> K:
    for name, value in values.items():
        setattr(row, name, value)
    return row
