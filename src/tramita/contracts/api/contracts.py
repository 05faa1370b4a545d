"""``/api/v1/contracts``: create, read, change and cancel contracts."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, patch, post
from litestar.params import Parameter

from tramita.contracts.api.schemas import (
    CancelBody,
    ContractAnswer,
    ContractBody,
    ContractChangeBody,
    TimelineAnswer,
    TimelineEntryAnswer,
    present_contract,
)
from tramita.contracts.changes import change_contract
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.contracts.queries import ContractFilter, get_one, get_timeline, list_newest
from tramita.contracts.service import cancel_contract, create_contract
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.runtime import Runtime

READ: dict[str, Any] = {"scope": "contracts:read"}
WRITE: dict[str, Any] = {"scope": "contracts:write"}
ACT: dict[str, Any] = WRITE | {"idempotent": True}

PartOfName = Annotated[str | None, Parameter(max_length=200, description="A part of the name.")]


class ContractsController(Controller):
    """Contracts of every backend."""

    path = "/api/v1/contracts"
    tags = ["Contracts"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=ACT)
    async def create(self, data: ContractBody, runtime: Runtime, actor: str) -> ContractAnswer:
        """Create a contract and tell its backend."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            contract = await create_contract(work, data.to_new())
        return present_contract(contract)

    @get(opt=READ)
    async def list_all(  # noqa: PLR0913, PLR0917 - each is a query parameter
        self,
        runtime: Runtime,
        backend: str | None = None,
        state: ContractState | None = None,
        customer: UUID | None = None,
        product: UUID | None = None,
        q: PartOfName = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[ContractAnswer]:
        """Contracts, newest first."""
        wanted = ContractFilter(backend, state, customer, product, q).conditions()
        before = decode_cursor(cursor, UUID) if cursor else None
        async with runtime.database.session() as session:
            rows = await list_newest(session, Contract, wanted, before=before, limit=limit)
        return to_page(rows, limit, present=present_contract, key=lambda row: row.id)

    @get("/{contract_id:uuid}", opt=READ)
    async def show(self, contract_id: UUID, runtime: Runtime) -> ContractAnswer:
        """One contract."""
        async with runtime.database.session() as session:
            return present_contract(await get_one(session, Contract, contract_id))

    @patch("/{contract_id:uuid}", opt=WRITE)
    async def change(
        self, contract_id: UUID, data: ContractChangeBody, runtime: Runtime, actor: str
    ) -> ContractAnswer:
        """Change the contract's package or its customer's data, and tell its backend."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            contract = await change_contract(work, contract_id, data.to_change())
        return present_contract(contract)

    @post("/{contract_id:uuid}/cancel", status_code=200, opt=ACT)
    async def cancel(
        self, contract_id: UUID, data: CancelBody, runtime: Runtime, actor: str
    ) -> ContractAnswer:
        """Cancel a contract; cancelling it again answers the same and sends nothing twice."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            contract = await cancel_contract(work, contract_id, data.reason)
        return present_contract(contract)

    @get("/{contract_id:uuid}/timeline", opt=READ)
    async def show_timeline(self, contract_id: UUID, runtime: Runtime) -> TimelineAnswer:
        """What happened to a contract, oldest first: transitions, signals, exchanges."""
        async with runtime.database.session() as session:
            entries = await get_timeline(session, contract_id)
        return TimelineAnswer(
            msgspec.convert(entries, list[TimelineEntryAnswer], from_attributes=True)
        )
