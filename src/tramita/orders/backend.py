"""The contract backend ``orders``: what an order is to the core.

An order is born with its contract, and whoever cancels the contract cancels the order.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from tramita.contracts.backends import Clients, ContractBackend, Part
from tramita.contracts.errors import BackendRefused
from tramita.contracts.model import CUSTOMER_NAME, Contract
from tramita.contracts.signals import on_contract_create
from tramita.kit.database.work import UnitOfWork
from tramita.orders.answers import OrdersPaid, OrdersSigned
from tramita.orders.console.stages import STAGES
from tramita.orders.making import is_being_made
from tramita.orders.model import BACKEND
from tramita.orders.service import cancel_order
from tramita.payments import queries as payments
from tramita.payments.keepers import HasContractsPaid
from tramita.signatures import queries as signatures
from tramita.signatures.capability import HasContractsSigned


def created(contract: Contract) -> None:
    """A contract that belongs to no order could never be signed, paid or cancelled."""
    if not is_being_made.get():
        raise BackendRefused("an order is made with its contract (POST /api/v1/orders)")
    contract.backend_record["status"] = "draft"


def describe(contract: Contract) -> dict[str, Any]:
    """Where its order stands."""
    return {"name": BACKEND, **(contract.backend_record or {})}


async def cancel(work: UnitOfWork, contract: Contract, reason: str) -> None:
    """Cancel the order, and with it the contract."""
    await cancel_order(work, contract.id, reason)


async def parts(work: UnitOfWork, contract_id: UUID) -> Sequence[Part]:
    """Its signing procedures, instalments, payments and enrollments."""
    rows = await work.fetch("SELECT id FROM enrollments WHERE order_id = $1", contract_id)
    ids = [
        *await signatures.parts_of(work, contract_id),
        *await payments.parts_of(work, contract_id),
        *(row["id"] for row in rows),
    ]
    return [Part(one) for one in ids]


async def name_products(work: UnitOfWork, products: Sequence[str]) -> Mapping[str, str]:
    """The titles of what was ordered."""
    rows = await work.fetch(
        "SELECT id::text AS id, title FROM course_products WHERE id = ANY($1::uuid[])",
        [UUID(one) for one in products],
    )
    return {row["id"]: row["title"] for row in rows}


CLIENTS: Final = Clients(
    "SELECT o.id, k.name AS stored FROM orders AS o JOIN customers AS k ON k.id = o.owner_id "
    "WHERE o.id = ANY($1::uuid[]) AND k.erased_at IS NULL",
    lambda keys, stored: keys.decrypt(stored, CUSTOMER_NAME),
)
backend = ContractBackend(
    key=BACKEND,
    title="Orders",
    handlers={on_contract_create: created},
    describe=describe,
    cancel=cancel,
    parts=parts,
    answers={HasContractsSigned: OrdersSigned(), HasContractsPaid: OrdersPaid()},
    stages=STAGES,
    name_products=name_products,
    clients=CLIENTS,
    acts=("orders", "signatures", "payments"),
)
