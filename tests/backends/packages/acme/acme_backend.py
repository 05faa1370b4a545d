"""A contract backend as a third party writes it: handlers, a record, a job, a representation."""

import json
from typing import Any
from uuid import UUID

from tramita.contracts.backends import ContractBackend
from tramita.contracts.decorators import backend_handler
from tramita.contracts.model import Contract
from tramita.contracts.service import get_contract, set_activated
from tramita.contracts.signals import on_contract_create, signal
from tramita.kit import inbox
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.provider import Posted, Receiver
from tramita.kit.runtime import Runtime


async def open_account(runtime: Runtime, contract_id: UUID) -> None:
    """Give the contract an account, and tell the core that its service runs."""
    async with runtime.database.unit_of_work(actor="acme") as work:
        contract = await get_contract(work, contract_id)
        contract.backend_record["account"] = f"A-{contract.name}"
        await set_activated(work, contract_id, True, "account opened")


def read_news(body: bytes) -> tuple[UUID, str]:
    """The contract, and what Acme says of it."""
    said = json.loads(body)
    return UUID(said["contract"]), said["text"]


async def note_news(_: Runtime, work: UnitOfWork, told: inbox.Told[tuple[UUID, str]]) -> None:
    """Write it into the contract's record."""
    contract_id, text = told.said
    contract = await get_contract(work, contract_id)
    contract.backend_record["said"] = text


def is_from_acme(posted: Posted) -> bool:
    """Acme signs with the length, and not every header is a number."""
    return int(posted.headers["x-acme"]) == len(posted.body)


def read_id(body: bytes) -> str:
    """Acme numbers its messages; it does not occur to it that one may be unreadable."""
    number: str = json.loads(body)["id"]
    return number


NEWS = inbox.Reading("acme.take_news", lambda *_: read_news, inbox.one_by_one(note_news))
TAKE_NEWS: Job[Runtime] = Job(NEWS.job, NEWS.take)
OPEN_ACCOUNT: Job[Runtime] = Job("acme.open_account", open_account)


def created(contract: Contract, work: UnitOfWork) -> None:
    """Open an account later."""
    contract.backend_record["account"] = None
    work.enqueue(OPEN_ACCOUNT, contract_id=contract.id)


@backend_handler("acme")
def cancelled(contract: Contract) -> None:
    """Close the account."""
    contract.activated = False


signal("on_contract_cancel").connect(cancelled)


def describe(contract: Contract) -> dict[str, Any]:
    """Show the account."""
    return {"name": "acme", **contract.backend_record}


backend = ContractBackend(
    key="acme",
    title="Acme",
    handlers={on_contract_create: created},
    describe=describe,
    jobs=[OPEN_ACCOUNT, TAKE_NEWS],
    receiver=Receiver(verify=is_from_acme, job=TAKE_NEWS.name, vendor_id=read_id),
)
