"""What is looked at often: each list, count, schedule and idle turn, as one call.

They are named for what they show. A test compares what they cost at two sizes, and the year in
miniature how long they take at several.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pgqueuer import AsyncpgDriver, Queries
from pgqueuer.types import QueueEntrypoint

from benchmarks.console_addresses import REASON
from benchmarks.console_looks import CONSOLE
from tramita.console.words import VIEWS, View
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import Contract
from tramita.contracts.queries import ContractFilter
from tramita.kit.bounds import EVERYTHING, Bounds
from tramita.kit.database.records import list_newest
from tramita.kit.database.work import UnitOfWork
from tramita.kit.inbox import enqueue_forgotten
from tramita.kit.jobs import count_waiting
from tramita.kit.jobs.held import count_held_jobs, find_held_jobs
from tramita.kit.operations.places import (
    OperationsAsked,
    count_operations,
    find_operation_places,
)
from tramita.kit.operations.queries import (
    find_operations,
    find_reasons,
    list_operations,
    tell_operation,
)
from tramita.kit.retention import Retention
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks.queries import list_events
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.numbers.queries import NumberFilter, list_numbers
from tramita.numbering.operator.overview import (
    count_stock,
    find_failed_releases,
    find_live_previews,
)
from tramita.orders.archive import find_signed
from tramita.orders.export import read_rows
from tramita.orders.lifecycle import OrderState
from tramita.orders.operator.lists import (
    Asked,
    count_orders,
    find_choices,
    find_learners,
    find_orders,
)
from tramita.orders.operator.story import tell_order
from tramita.orders.organizations import find_to_sign
from tramita.orders.queries import OrderFilter, SignatureFilter, list_organization_contracts
from tramita.payments.documents import find_invoice
from tramita.payments.invoices import list_invoices
from tramita.portability.queries import find_envelopes, list_envelopes
from tramita.process.areas import RETENTION
from tramita.process.worker import all_jobs, all_schedules
from tramita.providers.onec.notices import OneCNotices
from tramita.signatures.rows import find_procedures
from tramita.transfers.notices.fetching import list_to_fetch
from tramita.transfers.office.queries import list_gaps, list_messages

Call = Callable[[Runtime], Awaitable[object]]

PAGE: Final = 11
RARE: Final = Bounds(tenant="rare", is_all_carriers=True)
# Without a provider they look at nothing; what forgetting costs, "retention with nothing to do"
# says at any hour.
IDLE: Final = (
    "numbering.sync_devices_when_due",
    "inbox.enqueue_forgotten",
    "chats.keep_receiving",
    "chats.poll",
    "retention.forget",
    # It asks about whatever waits to be signed, and of these lives one organization never signs.
    "signatures.poll_due",
)
ENTRYPOINTS: Final = [QueueEntrypoint(job.name) for job in all_jobs()]


def operations(
    state: str | None = None, bounds: Bounds = EVERYTHING, subject: UUID | None = None
) -> Call:
    async def call(runtime: Runtime) -> None:
        async with runtime.within(bounds).database.unit_of_work() as work:
            await list_operations(work, state=state, after=None, limit=PAGE, subject=subject)

    return call


def view(name: View, **wanted: Any) -> Call:
    words = VIEWS[name]

    async def call(runtime: Runtime) -> None:
        asked = OperationsAsked(words.states, **wanted)
        async with runtime.database.unit_of_work() as work:
            places = asked.among(await find_operation_places(work))
            await find_operations(
                work, asked, places, after=None, limit=PAGE, newest_first=words.is_finished
            )

    return call


def events(
    kind: str | None = None, bounds: Bounds = EVERYTHING, subject: UUID | None = None
) -> Call:
    async def call(runtime: Runtime) -> None:
        async with runtime.within(bounds).database.unit_of_work() as work:
            await list_events(work, type_name=kind, subject_id=subject, before=None, limit=PAGE)

    return call


def contracts(bounds: Bounds = EVERYTHING, **wanted: object) -> Call:
    async def call(runtime: Runtime) -> None:
        conditions = ContractFilter(**wanted).conditions()  # type: ignore[arg-type]  # its fields
        async with runtime.within(bounds).database.session() as session:
            await list_newest(session, Contract, conditions, before=None, limit=PAGE)

    return call


def numbers(status: str | None = None, ddd: str | None = None, carrier: str | None = None) -> Call:
    seen_by = Bounds(carrier=carrier, is_all_carriers=carrier is None)

    async def call(runtime: Runtime) -> None:
        async with runtime.database.unit_of_work() as work:
            await list_numbers(work, NumberFilter(seen_by, status, ddd), after=None, limit=PAGE)

    return call


def envelopes(
    state: str | None = None, bounds: Bounds = EVERYTHING, number: str | None = None
) -> Call:
    async def call(runtime: Runtime) -> None:
        async with runtime.within(bounds).database.unit_of_work() as work:
            await list_envelopes(work, state=state, contract_number=number, before=None, limit=PAGE)

    return call


async def numbering_page(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        await find_live_previews(work, limit=PAGE)
        await find_failed_releases(work, limit=PAGE)


async def stock(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        await count_stock(work)


async def by_cpf(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        await find_envelopes(work, "00000000007", before=None, limit=PAGE)


async def counts(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        asked = OperationsAsked()
        places = asked.among(await find_operation_places(work))
        await count_operations(work, asked, places, most=PAGE)


async def reasons(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        await find_reasons(work, most=PAGE)


async def one_operation(runtime: Runtime) -> None:
    [row] = await runtime.database.fetch("SELECT id FROM operations LIMIT 1")
    async with runtime.database.unit_of_work() as work:
        await tell_operation(work, row["id"], exchanges=20, moves=100)


def orders(state: OrderState | None = None, **columns: str) -> Call:
    """The console's list and counts, narrowed to what the column of some order has."""

    async def call(runtime: Runtime) -> None:
        async with runtime.database.unit_of_work() as work:
            asked = await narrowed(work, state, columns)
            await find_orders(work, asked, before=None, limit=PAGE)
            await count_orders(work, asked)

    return call


async def narrowed(work: UnitOfWork, state: OrderState | None, columns: Mapping[str, str]) -> Asked:
    found = {
        column: (await work.fetch(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 1"))[0]["id"]  # noqa: S608 - ours
        for column, table in columns.items()
    }
    learners = [found.pop("learner")] if "learner" in found else []
    return Asked([state] if state else [], learners=learners, **found)


async def one_order(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        [row] = await work.fetch("SELECT id FROM orders ORDER BY id LIMIT 1")
        await tell_order(work, row["id"])
        await find_choices(work)
        await find_learners(work, "learner-7")


def contracts_of(organization: str, signed: SignatureFilter | None = None) -> Call:
    async def call(runtime: Runtime) -> None:
        async with runtime.database.unit_of_work() as work:
            id_ = await _organization(work, organization)
            # Of the fewest there is no page yet where there is little.
            limit = PAGE if signed is None else 1
            await list_organization_contracts(work, id_, signed, before=None, limit=limit)

    return call


async def procedure_by_reference(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        [row] = await work.fetch(
            "SELECT provider_reference AS it FROM signing_procedures ORDER BY id LIMIT 1"
        )
        assert await find_procedures(
            work, "p.provider = $1 AND p.provider_reference = $2", "lexpersona", row["it"]
        )


async def archive_of_signed(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        id_ = await _organization(work, "o1")
        assert await find_signed(work, id_, after=UUID(int=0), wanted=None, limit=PAGE)
        await find_to_sign(work, id_, None)


async def exported_orders(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        assert await read_rows(work, OrderFilter(), before=None, limit=PAGE)


async def invoices_of_an_order(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        [row] = await work.fetch("SELECT id FROM orders ORDER BY id LIMIT 1")
        assert await list_invoices(work, row["id"])
        await find_invoice(work, row["id"], f"o-{row['id']}")


async def _organization(work: UnitOfWork, code: str) -> UUID:
    [row] = await work.fetch("SELECT id FROM organizations WHERE code = $1", code)
    found: UUID = row["id"]
    return found


def office_messages(state: str | None = None) -> Call:
    async def call(runtime: Runtime) -> None:
        async with runtime.database.reading() as work:
            found = await list_messages(work, state=state, before=None, limit=PAGE)
            assert bool(found) is (state != "ignored")

    return call


async def missing_messages(runtime: Runtime) -> None:
    async with runtime.database.reading() as work:
        assert [] == await list_gaps(work)


async def fetched_messages(runtime: Runtime) -> None:
    notices = OneCNotices(ZoneInfo("UTC"))
    async with runtime.database.unit_of_work() as work:
        await list_to_fetch(work, "house", notices, after=0, limit=PAGE)


async def held_jobs(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        await count_held_jobs(work.connection)
        await find_held_jobs(work.connection, after=None, limit=PAGE)


async def readiness(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        await count_waiting(work.connection, most=1000)


async def forgotten_messages(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        await enqueue_forgotten(work, "qitech", job="portability.take_message")


async def idle_turn(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as work:
        queries = Queries(AsyncpgDriver(work.connection))
        await queries.eligible_queued_work(ENTRYPOINTS)
        await queries.next_deferred_eta(ENTRYPOINTS)
        await queries.queued_work(ENTRYPOINTS)


async def lateness(runtime: Runtime) -> None:
    await Retention(runtime, RETENTION.kept).overdue()


async def nothing_to_forget(runtime: Runtime) -> None:
    kept = [replace(one, days=10_000.0) for one in RETENTION.kept if isinstance(one.days, str)]
    assert {} == await Retention(runtime, kept).forget()


HOT: Final[Mapping[str, Call]] = {
    "operations": operations(),
    **{
        f"operations {state}": operations(state)
        for state in ("SUCCEEDED", "REFUSED", "NEEDS_ATTENTION", "NOT_SENT", "PENDING")
    },
    "operations of a small tenant": operations(bounds=RARE),
    "operations about one thing": operations(subject=UUID(int=7)),
    **{f"console: {name}": view(name) for name in VIEWS},
    **{
        f"console: {name} of a rare kind": view(name, kind="portability.open_group")
        for name in VIEWS
    },
    **{f"console: {name} with a provider": view(name, provider="lyra") for name in VIEWS},
    **{f"console: {name} of long ago": view(name, age=timedelta(days=2000)) for name in VIEWS},
    "console: refused for a reason": view(View.REFUSED, alike=REASON),
    "console: refused for no reason there is": view(View.REFUSED, alike="none"),
    "why operations were refused": reasons,
    "counts of operations": counts,
    "one operation": one_operation,
    "events": events(),
    "events of a rare type": events("webhooks.test"),
    "events of a small tenant": events(bounds=RARE),
    "events about one thing": events(subject=UUID(int=7)),
    "contracts": contracts(),
    "contracts of a small tenant": contracts(RARE),
    "contracts in a state that none is in": contracts(state=ContractState.CREATED),
    "contracts of another backend": contracts(backend="vivo"),
    "contracts with a frequent part of a name": contracts(q="Portab"),
    "contracts with a rare part of a name": contracts(q="c4ca4238a0b9"),
    "contracts with a name that none has": contracts(q="nobody has this"),
    **CONSOLE,
    "envelopes": envelopes(),
    "envelopes in a state that none is in": envelopes("cancelled"),
    "envelopes of a small tenant": envelopes(bounds=RARE),
    "envelopes by a contract's number": envelopes(number="A-28dd2c7955ce"),
    "envelopes by CPF": by_cpf,
    "numbers": numbers(),
    "numbers in a rare state": numbers(NumberStatus.RESERVED),
    "numbers of an area code": numbers(ddd="11"),
    "numbers of an unknown carrier": numbers(carrier="nobody"),
    "numbering's page": numbering_page,
    "numbering's stock": stock,
    "orders": orders(),
    "orders in a rare state": orders(OrderState.FAILED_PAYMENT),
    "orders in a state that none is in": orders(OrderState.REFUNDING),
    "orders of an organization": orders(organization="organizations"),
    "orders of a product in a rare state": orders(
        OrderState.FAILED_PAYMENT, product="course_products"
    ),
    "orders of a learner": orders(learner="learners"),
    "one order": one_order,
    "contracts of an organization": contracts_of("o1"),
    **{f"contracts of an organization, {one}": contracts_of("o1", one) for one in SignatureFilter},
    "half-signed contracts of an organization that never signs": contracts_of(
        "o6", SignatureFilter.HALF_SIGNED
    ),
    "half-signed contracts of an organization that sells hardly any": contracts_of(
        "o20", SignatureFilter.HALF_SIGNED
    ),
    "a procedure by its reference": procedure_by_reference,
    "archive of an organization": archive_of_signed,
    "export of orders": exported_orders,
    "invoices of an order": invoices_of_an_order,
    "messages of back offices": office_messages(),
    "refused messages of back offices": office_messages("rejected"),
    "messages of back offices in a state that none is in": office_messages("ignored"),
    "missing messages of back offices": missing_messages,
    "messages that a back office fetches": fetched_messages,
    "held jobs": held_jobs,
    "readiness": readiness,
    "forgotten messages": forgotten_messages,
    "a worker's idle turn": idle_turn,
    "lateness of retention": lateness,
    "retention with nothing to do": nothing_to_forget,
    **{f"schedule {one.name}": one.run for one in all_schedules() if one.name not in IDLE},
}
