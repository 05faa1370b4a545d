"""Use cases of contracts on a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tramita.contracts.backends import ContractBackend
from tramita.contracts.catalog import create_package, create_product
from tramita.contracts.changes import (
    ContractChange,
    change_contract,
    change_customer,
    create_customer,
)
from tramita.contracts.errors import (
    BackendRefused,
    ContractNotActivated,
    ContractNotFound,
)
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import EVENT_CAUSE, Contract, Product
from tramita.contracts.service import (
    NewContract,
    activate_contracts,
    cancel_contract,
    cancel_contracts,
    create_contract,
    create_contracts,
    get_contract,
    resume_contract,
    set_activated,
    suspend_contract,
)
from tramita.contracts.signals import (
    on_contract_activate,
    on_contract_cancel,
    on_contract_change,
    on_contract_create,
    on_contract_resume,
    on_contract_suspend,
)
from tramita.kit.database.engine import Database
from tramita.kit.database.records import delete_row
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import InvalidError
from tramita.kit.identifiers import new_id

Install = Callable[[ContractBackend], ContractBackend]


async def _create(database: Database, name: str = "C-1", backend: str = "test") -> Contract:
    async with database.unit_of_work(actor="test") as work:
        return await create_contract(work, NewContract(name, backend))


async def _of_product(work: UnitOfWork, product: UUID) -> object:
    return await create_contract(work, NewContract("C-1", "test", product=product))


async def _package_of(work: UnitOfWork, product: UUID) -> object:
    values = {"code": "5g", "product_id": product, "name": "5G", "price": 1, "currency": "BRL"}
    return await create_package(work, values | {"terms": {}})


async def _read(database: Database, contract_id: UUID) -> Contract:
    async with database.unit_of_work() as work:
        return await get_contract(work, contract_id)


async def _events(database: Database, contract_id: UUID) -> list[tuple[str, list[str], str | None]]:
    async with database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT event, handled_by, cause FROM contract_events WHERE contract_id = $1 "
            "ORDER BY id",
            contract_id,
        )
    return [
        (
            row["event"],
            row["handled_by"],
            row["cause"] and database.keys.decrypt(row["cause"], EVENT_CAUSE),
        )
        for row in rows
    ]


async def _count(database: Database, table: str) -> int:
    async with database.unit_of_work() as work:
        rows = await work.fetch(f"SELECT count(*) AS n FROM {table}")
    count: int = rows[0]["n"]
    return count


class TestCreateContract:
    async def test_works_for_a_backend_without_a_plugin(self, database: Database) -> None:
        """Nothing but the core knows the contract, and that is enough."""
        created = await _create(database, backend="net")

        saved = await _read(database, created.id)

        assert {"name": "C-1", "active": True, "activated": False, "backend": "net"} == dict(saved)
        assert ContractState.CREATED is saved.state
        assert [("on_contract_create", [], None)] == await _events(database, created.id)

    async def test_keeps_what_the_backend_did_to_it(
        self, database: Database, install: Install
    ) -> None:
        """Activation, record and job of a handler are saved with the contract."""
        told: list[str] = []

        def created(contract: Contract, work: UnitOfWork) -> None:
            contract.activated = True
            contract.backend_record["number"] = 7
            work.enqueue("test.some_job", contract_id=contract.id)

        install(
            ContractBackend(
                key="test",
                title="Test",
                handlers={
                    on_contract_create: created,
                    on_contract_activate: lambda contract: told.append(contract.name),
                },
                describe=lambda contract: {"name": "test", **contract.backend_record},
            )
        )

        saved = await _read(database, (await _create(database)).id)

        assert {"name": "test", "number": 7} == dict(saved)["backend"]
        assert (ContractState.ACTIVATED, True) == (saved.state, saved.activated)
        assert saved.created_at == saved.activated_at
        assert ["C-1"] == told
        assert 1 == await _count(database, "pgqueuer")
        assert 1 == await _count(database, "history")

    @pytest.mark.parametrize("error", [BackendRefused("no stock"), ValueError("a bug")])
    async def test_leaves_nothing_when_the_backend_refuses(
        self, database: Database, install: Install, error: Exception
    ) -> None:
        """Neither the contract, nor its job, nor the contracts created with it remain."""

        def refuse(_: Contract, work: UnitOfWork) -> None:
            work.enqueue("test.some_job")
            raise error

        install(ContractBackend("test", "Test", handlers={on_contract_create: refuse}))

        with pytest.raises(BackendRefused) as refusal:
            async with database.unit_of_work() as work:
                await create_contracts(
                    work, [NewContract("C-0", "net"), NewContract("C-1", "test")]
                )

        assert "test" == refusal.value.backend
        assert 0 == await _count(database, "contracts")
        assert 0 == await _count(database, "contract_events")
        assert 0 == await _count(database, "pgqueuer")

    async def test_says_everything_wrong_with_its_references(self, database: Database) -> None:
        """Every reference that does not hold is named, in every contract."""
        new = [NewContract(" ", product=new_id()), NewContract("C-2", package=new_id())]

        with pytest.raises(InvalidError) as invalid:
            async with database.unit_of_work() as work:
                await create_contracts(work, new)

        assert [
            ("contracts[0].product", "unknown_product"),
            ("contracts[0].name", "empty"),
            ("contracts[1].package", "unknown_package"),
        ] == [(one.path, one.code) for one in invalid.value.errors]

    async def test_creates_a_thousand_at_once_in_order(self, database: Database) -> None:
        """An envelope's contracts come back in the order they were given."""
        names = [f"C-{n}" for n in range(1000)]

        async with database.unit_of_work() as work:
            created = await create_contracts(work, [NewContract(name, "net") for name in names])

        assert names == [one.name for one in created]
        assert 1000 == await _count(database, "contracts")


class TestCancelContract:
    async def test_tells_the_backend_and_keeps_the_reason(
        self, database: Database, install: Install
    ) -> None:
        """The contract is inactive, its backend heard why, and so does the timeline."""
        heard: list[str] = []

        def cancelled(contract: Contract, reason: str) -> None:
            contract.activated = False
            heard.append(reason)

        install(ContractBackend("test", "Test", handlers={on_contract_cancel: cancelled}))
        contract = await _create(database)

        async with database.unit_of_work() as work:
            await cancel_contract(work, contract.id, "moved away")

        saved = await _read(database, contract.id)
        assert (ContractState.CANCELLED, False) == (saved.state, saved.active)
        assert saved.cancelled_at is not None
        assert ["moved away"] == heard
        assert ("on_contract_cancel", ["test"], "moved away") == (
            await _events(database, contract.id)
        )[-1]

    async def test_sends_one_signal_when_two_cancel_at_once(
        self, database: Database, install: Install
    ) -> None:
        """Both callers succeed, one of them did it."""
        heard: list[str] = []
        install(
            ContractBackend(
                "test",
                "Test",
                handlers={on_contract_cancel: lambda contract: heard.append(contract.name)},
            )
        )
        contract = await _create(database)

        async def cancel() -> Contract:
            async with database.unit_of_work() as work:
                return await cancel_contract(work, contract.id, "twice")

        both = await asyncio.gather(cancel(), cancel())

        assert [ContractState.CANCELLED] * 2 == [one.state for one in both]
        assert ["C-1"] == heard

    async def test_stays_when_the_backend_refuses(
        self, database: Database, install: Install
    ) -> None:
        """A refused cancellation changes nothing."""

        def refuse(_: Contract) -> None:
            raise BackendRefused("still has a debt")

        install(ContractBackend("test", "Test", handlers={on_contract_cancel: refuse}))
        contract = await _create(database)

        with pytest.raises(BackendRefused, match="still has a debt"):
            async with database.unit_of_work() as work:
                await cancel_contract(work, contract.id, "why not")

        assert ContractState.CREATED is (await _read(database, contract.id)).state

    async def test_knows_no_unknown_contract(self, database: Database) -> None:
        """An unknown id is not found."""
        with pytest.raises(ContractNotFound):
            async with database.unit_of_work() as work:
                await cancel_contract(work, new_id(), "who?")

    async def test_cancels_only_those_that_still_can_be(self, database: Database) -> None:
        """The set-based form answers exactly what it cancelled."""
        first, second = await _create(database, "C-1"), await _create(database, "C-2")
        async with database.unit_of_work() as work:
            await cancel_contract(work, first.id, "before")

        async with database.unit_of_work() as work:
            cancelled = await cancel_contracts(work, [second.id, first.id, new_id()], "now")

        assert [second.id] == [one.id for one in cancelled]


class TestSetActivated:
    async def test_activates_once(self, database: Database, install: Install) -> None:
        """The first word that the service runs is the activation; the second changes nothing."""
        heard: list[str | None] = []
        install(
            ContractBackend(
                "test",
                "Test",
                handlers={on_contract_activate: lambda _, reason: heard.append(reason)},
            )
        )
        contract = await _create(database)

        for _ in range(2):
            async with database.unit_of_work() as work:
                await set_activated(work, contract.id, True, "service runs")

        saved = await _read(database, contract.id)
        assert (ContractState.ACTIVATED, True) == (saved.state, saved.activated)
        assert ["service runs"] == heard

    async def test_leaves_a_failed_activation_created_with_its_reason(
        self, database: Database
    ) -> None:
        """Nothing moves, and the timeline says why."""
        contract = await _create(database)

        async with database.unit_of_work() as work:
            await set_activated(work, contract.id, False, "no such line")

        assert ContractState.CREATED is (await _read(database, contract.id)).state
        assert ("activation_failed", ["test"], "no such line") == (
            await _events(database, contract.id)
        )[-1]

    async def test_lets_the_service_of_a_cancelled_contract_end_later(
        self, database: Database
    ) -> None:
        """``activated`` is the backend's word, also after the core cancelled."""
        contract = await _create(database)
        async with database.unit_of_work() as work:
            await activate_contracts(work, [contract.id])
            await cancel_contract(work, contract.id, "over")
        still = await _read(database, contract.id)

        async with database.unit_of_work() as work:
            await set_activated(work, contract.id, False, "deprovisioned")

        ended = await _read(database, contract.id)
        assert (False, True) == (still.active, still.activated)
        assert (False, False) == (ended.active, ended.activated)


class TestSuspendContract:
    async def test_sends_each_signal_once(self, database: Database, install: Install) -> None:
        """Suspending and resuming twice is once each."""
        heard: list[str] = []
        install(
            ContractBackend(
                "test",
                "Test",
                handlers={
                    on_contract_suspend: lambda _, reason: heard.append(f"rest: {reason}"),
                    on_contract_resume: lambda _, reason: heard.append(f"go: {reason}"),
                },
            )
        )
        contract = await _create(database)
        async with database.unit_of_work() as work:
            await activate_contracts(work, [contract.id])

        for _ in range(2):
            async with database.unit_of_work() as work:
                await suspend_contract(work, contract.id, "unpaid")
        for _ in range(2):
            async with database.unit_of_work() as work:
                await resume_contract(work, contract.id, "paid")

        assert ["rest: unpaid", "go: paid"] == heard

    async def test_refuses_what_nobody_would_do(self, database: Database, install: Install) -> None:
        """A plugin that cannot let a service rest: it would run on, called suspended."""
        install(ContractBackend("test", "Test"))
        contract = await _create(database)
        async with database.unit_of_work() as work:
            await activate_contracts(work, [contract.id])

        with pytest.raises(BackendRefused, match="cannot let a service rest"):
            async with database.unit_of_work() as work:
                await suspend_contract(work, contract.id, "unpaid")

        assert (await _read(database, contract.id)).suspended_at is None

    async def test_refuses_a_contract_that_is_not_activated(self, database: Database) -> None:
        """What does not run cannot rest."""
        contract = await _create(database)

        with pytest.raises(ContractNotActivated, match="is created"):
            async with database.unit_of_work() as work:
                await suspend_contract(work, contract.id, "unpaid")


class TestAProduct:
    @pytest.mark.parametrize("wanted", [_of_product, _package_of], ids=["contract", "package"])
    async def test_that_is_deleted_at_this_moment_is_unknown(
        self, database: Database, wanted: Callable[[UnitOfWork, UUID], Awaitable[object]]
    ) -> None:
        """Whoever wants it waits, and is told so as of any other."""
        values = {"code": "line", "name": "Line", "payment_backend": "test", "active": True}
        async with database.unit_of_work(actor="test") as work:
            product = (await create_product(work, values)).id

        async def want() -> None:
            async with database.unit_of_work(actor="test") as work:
                await wanted(work, product)

        async with database.unit_of_work(actor="test") as work:
            await delete_row(work, Product, product)
            wanting = asyncio.create_task(want())
            await until_waiting(database)

        with pytest.raises(InvalidError) as refused:
            await wanting
        assert ["unknown_product"] == [one.code for one in refused.value.errors]


class TestAChangeOfACustomer:
    @pytest.mark.parametrize("of_a_contract", [False, True], ids=["alone", "with_a_contract"])
    async def test_is_told_of_a_contract_that_is_made_at_this_moment(
        self, database: Database, install: Install, of_a_contract: bool
    ) -> None:
        """Its backend may have read who they were."""
        told: list[str] = []

        def changed(contract: Contract) -> None:
            told.append(contract.name)

        install(ContractBackend("net", "Net", handlers={on_contract_change: changed}))
        async with database.unit_of_work(actor="test") as work:
            customer = (await create_customer(work, {"name": "Maria"})).id
            known = await create_contract(work, NewContract("C-1", "net", customer=customer))

        async def change() -> None:
            async with database.unit_of_work(actor="test") as work:
                if of_a_contract:
                    await change_contract(work, known.id, ContractChange(customer={"name": "Ana"}))
                else:
                    await change_customer(work, customer, {"name": "Ana"})

        async with database.unit_of_work(actor="test") as work:
            await create_contract(work, NewContract("C-2", "net", customer=customer))
            changing = asyncio.create_task(change())
            await until_waiting(database)
        await changing

        assert ["C-1", "C-2"] == told
