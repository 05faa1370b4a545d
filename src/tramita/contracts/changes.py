"""Use cases that change customers and contracts, and tell the backends what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from tramita.contracts.emission import keep_events, send
from tramita.contracts.errors import (
    ContractChangedMeanwhile,
    ContractNotChangeable,
    ContractNotFound,
    CustomerErased,
    CustomerNotFound,
    invalid,
)
from tramita.contracts.lifecycle import ACTIVE
from tramita.contracts.model import Contract, Customer, DocumentKind, Package
from tramita.contracts.rules import is_document, is_phone, normalize_document
from tramita.contracts.service import follow_backends, get_contract
from tramita.contracts.signals import on_contract_change
from tramita.kit.database.owned import WHOEVERS
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ContractChange:
    """What to change; ``version`` is the one the change was decided on, if it matters."""

    package: UUID | None = None
    customer: Mapping[str, Any] | None = None
    version: int | None = None


async def create_customer(work: UnitOfWork, values: Mapping[str, Any]) -> Customer:
    """Add a customer; raises ``InvalidError`` for a document that cannot be one."""
    customer = Customer(id=new_id(), created_at=await work.now(), **_checked(values))
    work.add(customer)
    return customer


async def change_customer(
    work: UnitOfWork, customer_id: UUID, values: Mapping[str, Any]
) -> Customer:
    """Change a customer's data and tell the backends of all their active contracts."""
    customer = await _lock_customer(work, customer_id)
    contracts = await _lock_contracts(work, None, customer_id)
    await _change_customer(work, customer, values, contracts)
    return customer


async def change_contract(work: UnitOfWork, contract_id: UUID, change: ContractChange) -> Contract:
    """Change the contract's package or its customer's data, and tell the backend.

    What stays the same sends no signal. Raises ``ContractNotFound``,
    ``ContractNotChangeable``, ``ContractChangedMeanwhile``, ``InvalidError`` and
    ``BackendRefused``.
    """
    # The customer of a contract never changes, so it may be read before locking.
    customer_id = (await get_contract(work, contract_id)).customer_id
    customer = None
    if change.customer and customer_id is not None:
        customer = await _lock_customer(work, customer_id)
    locked = await _lock_contracts(work, contract_id, customer_id if change.customer else None)
    contract = next((one for one in locked if one.id == contract_id), None)
    if contract is None:
        raise ContractNotFound(id=contract_id)
    _check(contract, change)
    if change.package is not None:
        await _change_package(work, contract, change.package)
    if change.customer and customer is not None:
        await _change_customer(work, customer, change.customer, locked)
    return contract


def _check(contract: Contract, change: ContractChange) -> None:
    if not contract.active:
        raise ContractNotChangeable(id=contract.id)
    if change.version not in (None, contract.version):
        raise ContractChangedMeanwhile(id=contract.id, version=contract.version)
    if change.customer and contract.customer_id is None:
        raise invalid("customer", "no_customer", "The contract has no customer.")


async def _lock_customer(work: UnitOfWork, customer_id: UUID) -> Customer:
    """Lock a customer, before their contracts: whoever makes one for them waits, or is known by then."""
    customer = await work.session.get(
        Customer, customer_id, with_for_update=True, populate_existing=True
    )
    if customer is None:
        raise CustomerNotFound(id=customer_id)
    return customer


async def _lock_contracts(
    work: UnitOfWork, contract_id: UUID | None, customer_id: UUID | None
) -> Sequence[Contract]:
    """Lock the contract, and the active ones of the customer, in order of id.

    The customer's whoever made them: what changes about the customer concerns them all.
    """
    of_customer = and_(Contract.customer_id == customer_id, Contract.state.in_(ACTIVE))
    rows = await work.session.scalars(
        select(Contract)
        .where(or_(Contract.id == contract_id, of_customer))
        .order_by(Contract.id)
        .with_for_update(),
        execution_options={"populate_existing": True, **WHOEVERS},
    )
    return rows.all()


async def _change_package(work: UnitOfWork, contract: Contract, package_id: UUID) -> None:
    if contract.package_id == package_id:
        return
    package = await work.session.get(Package, package_id)
    if package is None:
        raise invalid("package", "unknown_package", f"There is no package {package_id}.")
    if package.product_id != contract.product_id:
        message = f'Package "{package.code}" belongs to another product.'
        raise invalid("package", "package_of_another_product", message)
    before: Values = {"package": str(contract.package_id) if contract.package_id else None}
    contract.package_id = package_id
    await _tell(work, [contract], before, {"package": str(package_id)})


async def _change_customer(
    work: UnitOfWork, customer: Customer, values: Mapping[str, Any], contracts: Sequence[Contract]
) -> None:
    if customer.erased_at is not None:
        raise CustomerErased(id=customer.id)
    changed = {
        name: value for name, value in _checked(values).items() if getattr(customer, name) != value
    }
    if not changed:
        return
    before = {name: msgspec.to_builtins(getattr(customer, name)) for name in changed}
    for name, value in changed.items():
        setattr(customer, name, value)
    after = msgspec.to_builtins(changed)
    await _tell(work, contracts, {"customer": before}, {"customer": after})


async def _tell(
    work: UnitOfWork, contracts: Sequence[Contract], before: Values, after: Values
) -> None:
    events = []
    for contract in contracts:
        contract.version += 1
        events.append(send(work, on_contract_change, contract, before=before, after=after))
    await keep_events(work, events)
    await follow_backends(work, contracts)


def _checked(values: Mapping[str, Any]) -> Values:
    """The values with a normalized document; raises ``InvalidError`` for what cannot be."""
    checked = dict(values)
    if "document" in values and values["document"] is not None:
        kind, number = values["document_kind"], normalize_document(values["document"])
        if not is_document(kind, number):
            raise invalid("document.number", "invalid", f"This is no {kind.upper()}.")
        checked |= {"document_kind": DocumentKind(kind), "document": number}
    if values.get("phone") is not None and not is_phone(values["phone"]):
        raise invalid("phone", "invalid_phone", "There is no such number in Brazil.")
    return checked
