"""The contract backend ``onec``: what an accepted application is to the core.

It opens its contract when an offer is accepted, and whoever cancels the contract cancels it.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from tramita.chats.listening import KeepsChats
from tramita.contracts.backends import Clients, ContractBackend, Part
from tramita.contracts.errors import BackendRefused
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_create
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.transfers.console.stages import PRODUCTS, STAGES
from tramita.transfers.contracts import is_being_made
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.listening import ChatsOfAgents
from tramita.transfers.model import BACKEND, FIELDS
from tramita.transfers.queries import PARTS
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import move_application
from tramita.transfers.story import TELLS
from tramita.transfers.who import Who


def created(_: Contract) -> None:
    """A contract that belongs to no application would never be paid out."""
    if not is_being_made.get():
        raise BackendRefused("an application's contract is made when an offer on it is accepted")


def describe(contract: Contract) -> dict[str, Any]:
    """What 1C calls it, on what conditions it is, and how the money stands."""
    return {"name": BACKEND, **(contract.backend_record or {})}


async def cancel(work: UnitOfWork, contract: Contract, reason: str) -> None:
    """Cancel the application, and with it the contract; again changes nothing."""
    if not contract.active:
        return
    who = Who(Role.PLATFORM_ADMIN, work.actor)
    await move_application(work, contract.id, ApplicationTrigger.CANCEL, who, reason=reason)


async def parts(work: UnitOfWork, contract_id: UUID) -> Sequence[Part]:
    """Its offers and the documents that were asked for."""
    return [Part(row["id"]) for row in await work.fetch(PARTS, contract_id)]


def payer_in(keys: Keyring, fields: str) -> str:
    """Who pays, of an application's fields as they are kept."""
    name: str = (
        msgspec.json.decode(keys.decrypt_json(fields, FIELDS)).get("payer", {}).get("name", "")
    )
    return name


CLIENTS: Final = Clients(
    "SELECT id, fields::text AS stored FROM applications WHERE id = ANY($1::uuid[])", payer_in
)
backend = ContractBackend(
    key=BACKEND,
    title="1C",
    handlers={on_contract_create: created},
    describe=describe,
    cancel=cancel,
    parts=parts,
    tells=TELLS,
    answers={KeepsChats: ChatsOfAgents()},
    stages=STAGES,
    products=PRODUCTS,
    clients=CLIENTS,
    acts=("transfers",),
)
