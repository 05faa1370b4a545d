"""An accepted application's contract of the core, of the same id."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from tramita.contracts.changes import create_customer
from tramita.contracts.model import DocumentKind
from tramita.contracts.rules import is_document
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.bounds import Bounds
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import DOCUMENT
from tramita.transfers.amounts import written
from tramita.transfers.model import BACKEND, Application

# Whether the contract that this task makes is an application's: nobody else may make one.
is_being_made: ContextVar[bool] = ContextVar("is_being_made", default=False)


async def open_contract(work: UnitOfWork, application: Application) -> None:
    """Let an application that was accepted have its contract, with whoever pays as its customer."""
    with _of_tenant(work, application.tenant):
        customer = await _know_payer(work, application)
        assert application.amount is not None, "nothing is accepted that has none"
        name = (
            f"Payment of {written(application.amount, application.currency)} {application.currency}"
        )
        new = NewContract(name=name, id=application.id, backend=BACKEND, customer=customer)
        await create_contract(work, new)
    application.contract_id = application.id
    await work.session.flush()


@contextmanager
def _of_tenant(work: UnitOfWork, tenant: str) -> Iterator[None]:
    """What is made belongs to the application's tenant, whoever accepts the offer."""
    token, before = is_being_made.set(True), work.bounds
    work.bounds = Bounds(tenant, is_all_carriers=True)
    try:
        yield
    finally:
        work.bounds = before
        is_being_made.reset(token)


async def _know_payer(work: UnitOfWork, application: Application) -> UUID | None:
    """The tenant's customer with the payer's INN; a new one is taken in."""
    payer = application.form.payer
    if not is_document(DocumentKind.INN, payer.inn):
        return None
    # Two first payments at once are one payer's.
    await work.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 23))",
        f"{application.tenant}/{payer.inn}",
    )
    rows = await work.fetch(
        "SELECT id FROM customers WHERE tenant = $1 AND document_kind = 'inn' "
        "AND document_hash = $2 AND erased_at IS NULL ORDER BY id LIMIT 1",
        application.tenant,
        work.keys.hash(DOCUMENT, payer.inn),
    )
    if rows:
        known: UUID = rows[0]["id"]
        return known
    said = {"name": payer.name, "document_kind": DocumentKind.INN, "document": payer.inn}
    customer = await create_customer(work, said)
    await work.session.flush()
    return customer.id
