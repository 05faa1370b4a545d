"""Use cases of the catalog: products and packages. Codes never change."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from tramita.contracts.errors import PackageCodeTaken, ProductCodeTaken, invalid
from tramita.contracts.model import Package, Product
from tramita.kit.database.records import get_row, insert_row
from tramita.kit.database.work import UnitOfWork

K = TypeVar("K", Product, Package)


async def create_product(work: UnitOfWork, values: Mapping[str, Any]) -> Product:
    """Add a product: code, name, payment_backend, active; raises ``ProductCodeTaken``."""
    product = await insert_row(work, Product, values, "code")
    if product is None:
        raise ProductCodeTaken(code=values["code"])
    return product


async def create_package(work: UnitOfWork, values: Mapping[str, Any]) -> Package:
    """Add a package: code, product_id, name, price, currency, terms.

    Raises ``PackageCodeTaken``, and ``InvalidError`` for an unknown product.
    """
    there = await work.session.get(
        Product, values["product_id"], with_for_update={"read": True, "key_share": True}
    )
    if there is None:
        raise invalid("product", "unknown_product", f"There is no product {values['product_id']}.")
    package = await insert_row(work, Package, values, "code")
    if package is None:
        raise PackageCodeTaken(code=values["code"])
    return package


async def change_product(work: UnitOfWork, product_id: UUID, values: Mapping[str, Any]) -> Product:
    """Change name, payment backend or whether it is sold; contracts made keep their backend."""
    return _assign(await get_row(work, Product, product_id), values)


async def change_package(work: UnitOfWork, package_id: UUID, values: Mapping[str, Any]) -> Package:
    """Change name, price or terms."""
    return _assign(await get_row(work, Package, package_id), values)


def _assign(row: K, values: Mapping[str, Any]) -> K:
    for name, value in values.items():
        setattr(row, name, value)
    return row
