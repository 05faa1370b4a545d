"""``/api/v1/contracts``: create, read, change and cancel contracts."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from tramita.contracts.api.schemas import (
    CancelBody,
    ContractAnswer,
    ContractChangeBody,
    NewContractBody,
    present_contract,
)
from tramita.contracts.backends import present_key
from tramita.contracts.changes import change_contract
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.contracts.queries import ContractFilter
from tramita.contracts.references import check_backend
from tramita.contracts.service import cancel_contract, create_contract
from tramita.contracts.settings import ContractSettings
from tramita.contracts.story import get_timeline
from tramita.kit.database.records import get_one, list_newest
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    Text,
    decode_cursor,
    to_page,
)
from tramita.kit.http.timelines import TimelineAnswer

READ: dict[str, Any] = {"scope": "contracts:read"}
WRITE: dict[str, Any] = {"scope": "contracts:write"}
ACT: dict[str, Any] = WRITE | {"idempotent": True}

# ``state`` itself is a word of the framework's.
InState = Annotated[ContractState | None, QueryParameter(name="state")]


def provide_filter(
    backend: Text = None,
    in_state: InState = None,
    customer: FromQuery[UUID | None] = None,
    product: FromQuery[UUID | None] = None,
    q: Text = None,
) -> ContractFilter:
    """Which contracts the query parameters ask for."""
    return ContractFilter(backend and present_key(backend), in_state, customer, product, q)


class ContractsController(Controller):
    """Contracts of every backend."""

    path = "/api/v1/contracts"
    tags = ["Contracts"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=ACT)
    async def create(
        self, data: JSONBody[NewContractBody], runtime: FromRuntime, actor: FromActor
    ) -> ContractAnswer:
        """Create a contract and tell its backend."""
        if data.backend is not None:
            check_backend(data.backend, plain=runtime.configured(ContractSettings).plain)
        async with runtime.database.unit_of_work(actor=actor) as work:
            contract = await create_contract(work, data.to_new())
            await work.session.flush()
            return await answered(work, present_contract(contract))

    @get(opt=READ, dependencies={"wanted": Provide(provide_filter, sync_to_thread=False)})
    async def list_all(
        self,
        runtime: FromRuntime,
        wanted: NamedDependency[ContractFilter],
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[ContractAnswer]:
        """Contracts, newest first; ``q`` is a part of the name."""
        conditions = wanted.conditions()
        before = decode_cursor(cursor, UUID)
        async with runtime.database.session() as session:
            rows = await list_newest(session, Contract, conditions, before=before, limit=limit)
        return to_page(rows, limit, present=present_contract, key=lambda row: row.id)

    @get("/{contract_id:uuid}", opt=READ)
    async def show(self, contract_id: FromPath[UUID], runtime: FromRuntime) -> ContractAnswer:
        """One contract."""
        async with runtime.database.session() as session:
            return present_contract(await get_one(session, Contract, contract_id))

    @patch("/{contract_id:uuid}", opt=WRITE)
    async def change(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[ContractChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ContractAnswer:
        """Change the contract's package or its customer's data, and tell its backend."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            contract = await change_contract(work, contract_id, data.to_change())
        return present_contract(contract)

    @post("/{contract_id:uuid}/cancel", status_code=200, opt=ACT)
    async def cancel(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[CancelBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ContractAnswer:
        """Cancel a contract the way its area does; cancelling it again sends nothing twice.

        409 where it cannot be cancelled any more (money is on its way) or its backend is not
        available.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            contract = await cancel_contract(work, contract_id, data.reason)
            await work.session.flush()
            return await answered(work, present_contract(contract))

    @get("/{contract_id:uuid}/timeline", opt=READ)
    async def show_timeline(
        self, contract_id: FromPath[UUID], runtime: FromRuntime, cursor: Cursor = None
    ) -> TimelineAnswer:
        """What happened to a contract and its parts, oldest first, by one clock.

        Moves and signals, acts outside and each request of them, messages of providers, e-mails, and
        the events that you were told; the newest 1,000 and what shares a moment with them, and by
        `next_cursor` what was before. People of the house are `operator`, and of what they wrote you
        read why a contract was cancelled.
        """
        before = decode_cursor(cursor, datetime)
        async with runtime.database.unit_of_work() as work:
            told = await get_timeline(work, contract_id, before)
        return TimelineAnswer.of(told)
