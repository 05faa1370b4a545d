"""What a new contract refers to: whether it is there, and fits together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from tramita.contracts.backends import installed_backends, load_backends, present_key
from tramita.contracts.model import Customer, Package, Product
from tramita.kit.database.records import Findable
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import FieldError, InvalidError

F = TypeVar("F", bound=Findable)


@dataclass(frozen=True, slots=True)
class NewContract:
    """A contract to be created. Without ``backend``, the product's is taken.

    ``id``: the one that what it is about has already.
    """

    name: str
    backend: str | None = None
    product: UUID | None = None
    package: UUID | None = None
    customer: UUID | None = None
    envelope_token: UUID | None = None
    external_references: dict[str, Any] = field(default_factory=dict)
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A new contract whose references are known to hold."""

    new: NewContract
    backend: str
    product_id: UUID | None


async def resolve(work: UnitOfWork, new: Sequence[NewContract]) -> list[Resolved]:
    """Look up everything the new contracts refer to, in at most three statements.

    Raises ``InvalidError`` with every reference that does not hold. With more than
    one contract, paths begin with ``contracts[n].``.
    """
    packages = await _rows(work, Package, {one.package for one in new})
    products = await _rows(
        work,
        Product,
        {one.product for one in new} | {package.product_id for package in packages.values()},
    )
    customers = await _rows(work, Customer, {one.customer for one in new})
    errors: list[FieldError] = []
    resolved: list[Resolved] = []
    for number, one in enumerate(new):
        path = f"contracts[{number}]." if len(new) > 1 else ""
        package = packages.get(one.package) if one.package else None
        product_id = one.product or (package.product_id if package else None)
        product = products.get(product_id) if product_id else None
        found = [
            *_check_product(one, product),
            *_check_package(one, package),
            *_check_customer(one, customers),
            *_check_rest(one, product),
        ]
        errors += [FieldError(path + bad.path, bad.code, bad.message) for bad in found]
        backend = present_key(one.backend or (product.payment_backend if product else ""))
        resolved.append(Resolved(one, backend, product_id))
    if errors:
        raise InvalidError(errors)
    return resolved


def check_backend(backend: str, *, plain: Collection[str]) -> None:
    """Raise ``InvalidError`` for a backend that nobody knows: a slip would never be fulfilled.

    ``plain`` are those that have no plugin and need none.
    """
    known = installed_backends().keys() | load_backends().failed.keys() | set(plain)
    if present_key(backend) not in known:
        listed = ", ".join(sorted(known))
        message = f'There is no backend "{backend}". Backends here are: {listed}.'
        raise InvalidError([FieldError("backend", "unknown_backend", message)])


async def _rows(work: UnitOfWork, kind: type[F], ids: set[UUID | None]) -> dict[UUID, F]:
    """Whatever is being deleted, or erased, at this moment is waited for, and is so then."""
    wanted = [one for one in ids if one is not None]
    if not wanted:
        return {}
    rows = await work.session.scalars(
        select(kind)
        .where(kind.id.in_(wanted))
        .order_by(kind.id)
        .with_for_update(read=True, key_share=True),
        execution_options={"populate_existing": True},
    )
    return {row.id: row for row in rows}


def _check_product(new: NewContract, product: Product | None) -> list[FieldError]:
    if new.product is not None and product is None:
        return [FieldError("product", "unknown_product", f"There is no product {new.product}.")]
    if product is not None and not product.active:
        message = f'Product "{product.code}" is not sold any more.'
        return [FieldError("product", "product_not_sold", message)]
    return []


def _check_package(new: NewContract, package: Package | None) -> list[FieldError]:
    if new.package is not None and package is None:
        return [FieldError("package", "unknown_package", f"There is no package {new.package}.")]
    if package is not None and new.product not in (None, package.product_id):
        message = f'Package "{package.code}" belongs to another product.'
        return [FieldError("package", "package_of_another_product", message)]
    return []


def _check_customer(new: NewContract, customers: dict[UUID, Customer]) -> list[FieldError]:
    if new.customer is None:
        return []
    customer = customers.get(new.customer)
    if customer is None:
        return [FieldError("customer", "unknown_customer", f"There is no customer {new.customer}.")]
    if customer.erased_at is not None:
        return [FieldError("customer", "erased_customer", f"Customer {new.customer} was erased.")]
    return []


def _check_rest(new: NewContract, product: Product | None) -> list[FieldError]:
    errors = []
    if not new.name.strip():
        errors.append(FieldError("name", "empty", "A contract needs a name."))
    if not new.backend and product is None and new.product is None and new.package is None:
        message = "Say which backend fulfils the contract, or which product it is for."
        errors.append(FieldError("backend", "missing", message))
    return errors
