"""``/api/v1/customers``: whom contracts are made with."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy import ColumnElement

from tramita.contracts.api.schemas import (
    CustomerAnswer,
    CustomerChangeBody,
    CustomerSearch,
    NewCustomerBody,
    present_customer,
    to_customer_values,
)
from tramita.contracts.changes import change_customer, create_customer
from tramita.contracts.model import Customer
from tramita.contracts.rules import normalize_document
from tramita.kit.database.records import delete_row, get_one, list_newest
from tramita.kit.errors import MalformedError
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.runtime import Runtime

READ: dict[str, Any] = {"scope": "contracts:read"}
WRITE: dict[str, Any] = {"scope": "contracts:write"}


class DocumentInAddress(MalformedError):
    """Addresses end up in logs: look for a document by `POST /api/v1/customers/search`."""


class CustomersController(Controller):
    """Customers and their data."""

    path = "/api/v1/customers"
    tags = ["Customers"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=WRITE | {"idempotent": True})
    async def create(
        self, data: JSONBody[NewCustomerBody], runtime: FromRuntime, actor: FromActor
    ) -> CustomerAnswer:
        """Add a customer."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_customer(work, to_customer_values(data))
            return await answered(work, present_customer(made))

    @get(opt=READ)
    async def list_all(
        self,
        runtime: FromRuntime,
        document: Annotated[str | None, QueryParameter(include_in_schema=False)] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[CustomerAnswer]:
        """Customers, newest first."""
        if document is not None:
            raise DocumentInAddress
        return await _list(runtime, limit, cursor)

    @post("/search", status_code=200, opt=READ)
    async def search(
        self,
        data: JSONBody[CustomerSearch],
        runtime: FromRuntime,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[CustomerAnswer]:
        """Customers whom this document identifies, newest first; punctuation does not matter."""
        wanted = Customer.document_hash == normalize_document(data.document)
        return await _list(runtime, limit, cursor, wanted)

    @get("/{customer_id:uuid}", opt=READ)
    async def show(self, customer_id: FromPath[UUID], runtime: FromRuntime) -> CustomerAnswer:
        """One customer."""
        async with runtime.database.session() as session:
            return present_customer(await get_one(session, Customer, customer_id))

    @patch("/{customer_id:uuid}", opt=WRITE)
    async def change(
        self,
        customer_id: FromPath[UUID],
        data: JSONBody[CustomerChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> CustomerAnswer:
        """Change a customer, and tell the backends of their active contracts."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            customer = await change_customer(work, customer_id, to_customer_values(data))
        return present_customer(customer)

    @delete("/{customer_id:uuid}", opt=WRITE)
    async def remove(
        self, customer_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete a customer without contracts."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await delete_row(work, Customer, customer_id)


async def _list(
    runtime: Runtime, limit: int, cursor: str | None, *wanted: ColumnElement[bool]
) -> Page[CustomerAnswer]:
    before = decode_cursor(cursor, UUID)
    async with runtime.database.session() as session:
        rows = await list_newest(session, Customer, wanted, before=before, limit=limit)
    return to_page(rows, limit, present=present_customer, key=lambda row: row.id)
