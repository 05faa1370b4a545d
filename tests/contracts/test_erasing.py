"""Customers are erased, one tenant's at a time; what the law wants kept is kept until its day."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from tests.forgetting import CPF, PEOPLE, PHONE, rows_of, traces
from tests.locks import until_waiting
from tramita.contracts.changes import change_customer, create_customer
from tramita.contracts.errors import CustomerErased
from tramita.contracts.service import (
    NewContract,
    activate_contracts,
    cancel_contract,
    create_contract,
)
from tramita.kit.audit import Subject, note_act
from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.errors import InvalidError
from tramita.kit.idempotency import Claim, StoredAnswer, begin, finish
from tramita.kit.people.erasing import JOBS, erase_person, look_again
from tramita.kit.people.erasures import (
    JOB,
    Erasure,
    PersonNotFound,
    PersonUnderWay,
    enqueue_due,
    get_erasure,
    identify,
    request_erasure,
)
from tramita.kit.people.inventory import People
from tramita.kit.people.lifecycle import ErasureState
from tramita.kit.settings import Settings

ACME = "acme"
[ERASE] = JOBS
VALUES = {
    "name": "Zulmira Quartzberg",
    "document_kind": "cpf",
    "document": CPF,
    "email": "zulmira.q@example.org",
    "phone": f"+5511{PHONE}",
    "locale": "pt-BR",
    "address": {"street": "Travessa do Quartzo"},
}


_LATE = (
    """
    WITH act AS (
        INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts, epoch,
                                created_at, due_at, lease_until, reason)
        VALUES (gen_random_uuid(), 'late', 'test.act', 'acme', 'test.act', $1, 'SUCCEEDED', 1, 1,
                now(), now(), now(), 'Zulmira said so') RETURNING id
    )
    INSERT INTO exchanges (operation_id, attempt, provider, method, path, request, answer, outcome,
                           started_at, milliseconds)
    SELECT id, 1, 'acme', 'POST', '/customers/39053344705', '{"name": "Zulmira"}', 'Quartzberg',
           'Done', now(), 1 FROM act
    """,
    """
    INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, traceback)
    VALUES (1, 'failed', 0, 'test.act', jsonb_build_object(
        'exception_type', 'ValueError', 'exception_message', 'Zulmira, of ' || $1::uuid,
        'traceback', ''))
    """,
)


@dataclass(frozen=True)
class Process:
    """What the jobs of erasing need of one."""

    database: Database
    people: People


async def a_customer(database: Database, tenant: str = HOUSE) -> UUID:
    async with database.within(Bounds(tenant)).unit_of_work(actor="test") as work:
        return (await create_customer(work, VALUES)).id


async def a_contract(database: Database, customer: UUID, *, is_live: bool = False) -> UUID:
    async with database.unit_of_work(actor="test") as work:
        new = NewContract("Zulmira's line", "net", customer=customer)
        made = await create_contract(work, new)
    if is_live:
        async with database.unit_of_work(actor="test") as work:
            await activate_contracts(work, [made.id])
    return made.id


async def end(database: Database, contract: UUID) -> None:
    async with database.unit_of_work(actor="test") as work:
        await cancel_contract(work, contract, "Zulmira Quartzberg moved away")


async def erase(database: Database, said: str, tenant: str = HOUSE) -> Erasure:
    async with database.unit_of_work(actor="somebody") as work:
        person = await identify(work, PEOPLE, said, tenant=tenant)
        erasure = await request_erasure(work, PEOPLE, person)
    return await erase_person(database, PEOPLE, erasure.id)


class TestACustomer:
    async def test_whose_contracts_have_ended_is_gone(self, database: Database) -> None:
        """Every row of the same document, and what was said of their contracts."""
        first, second = await a_customer(database), await a_customer(database)
        contract = await a_contract(database, first)
        async with database.unit_of_work(actor="test") as work:
            await change_customer(work, first, {"name": "Zulmira Q. Quartzberg"})
        await end(database, contract)
        assert [] != await traces(database)

        erasure = await erase(database, str(first))

        assert (ErasureState.ERASED, {first, second}) == (erasure.state, set(erasure.roots))
        assert [] == await traces(database)
        assert [] == await database.fetch(
            "SELECT FROM customers "
            "WHERE num_nonnulls(document_hash, name_hash, email_hash, phone_hash) > 0"
        )
        [row] = await database.fetch(
            "SELECT actor, trigger FROM history WHERE subject = 'erasures'"
            " AND subject_id = $1 ORDER BY id LIMIT 1",
            erasure.id,
        )
        assert ("somebody", "request") == tuple(row)

    async def test_is_not_named_by_why_somebody_was_shown_them(self, database: Database) -> None:
        """That they were shown, and to whom, stays; what was typed about them goes."""
        customer = await a_customer(database)
        contract = await a_contract(database, customer)
        await end(database, contract)
        async with database.unit_of_work(actor="user:ana@example.com") as work:
            why = "Zulmira Quartzberg calls about her line"
            subject = Subject("contract", contract, HOUSE)
            await note_act(work, work.actor, "person.shown", subject, role="Customer", why=why)

        await erase(database, str(customer))

        assert [] == await traces(database)
        [row] = await database.fetch(
            "SELECT actor, details FROM audit WHERE action = 'person.shown'"
        )
        assert ("user:ana@example.com", {"role": "Customer"}) == tuple(row)

    async def test_with_a_contract_under_way_stays(self, database: Database) -> None:
        """The reason names the contract and where it stands; nothing has changed."""
        customer = await a_customer(database)
        contract = await a_contract(database, customer)

        with pytest.raises(PersonUnderWay, match=f"contract {contract} \\(net\\) is created"):
            await erase(database, CPF)

        rows = await rows_of(database, "customers", "name, erased_at")
        assert [("Zulmira Quartzberg", None)] == rows

    async def test_is_one_tenants_alone(self, database: Database) -> None:
        """The same person at two partners are two customers; one cannot erase the other's."""
        ours, theirs = await a_customer(database), await a_customer(database, "partner")

        await erase(database, CPF)
        for said in (str(theirs), CPF):
            with pytest.raises(PersonNotFound):
                await erase(database.within(Bounds("stranger")), said, "partner")

        rows = await rows_of(database, "customers", "id, name")
        assert [(ours, "(erased)"), (theirs, "Zulmira Quartzberg")] == rows
        assert [theirs] == (await erase(database, CPF, "partner")).roots
        assert [] == await traces(database)

    async def test_that_was_erased_cannot_be_used(self, database: Database) -> None:
        """Neither changed nor given a contract: nothing brings the person back."""
        customer = await a_customer(database)
        await erase(database, CPF)

        with pytest.raises(InvalidError) as refused:
            await a_contract(database, customer)
        with pytest.raises(CustomerErased):
            async with database.unit_of_work(actor="test") as work:
                await change_customer(work, customer, {"name": "Zulmira Quartzberg"})

        assert ["erased_customer"] == [one.code for one in refused.value.errors]
        assert [] == await traces(database)

    async def test_who_gets_a_contract_at_this_moment_is_not_erased(
        self, database: Database
    ) -> None:
        """Whoever is first has it: a contract for somebody erased there is not."""
        customer = await a_customer(database)
        async with database.unit_of_work(actor="test") as work:
            await create_contract(work, NewContract("A line", "net", customer=customer))
            erasing = asyncio.create_task(erase(database, CPF))
            await until_waiting(database)

        with pytest.raises(PersonUnderWay):
            await erasing


class TestWhatComesLate:
    async def test_is_looked_for_by_a_job_for_each_person(self, database: Database) -> None:
        """Whatever goes wrong with one keeps nobody else, and stands before an operator."""
        await a_customer(database)
        await a_customer(database, ACME)
        one = await erase(database, CPF)
        other = await erase(database, CPF, tenant=ACME)
        await database.fetch("DELETE FROM pgqueuer")

        await look_again(Process(database, PEOPLE))
        await look_again(Process(database, PEOPLE))

        rows = await database.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = $1", JOB)
        assert sorted(f'{{"erasure_id":"{id_}"}}' for id_ in (one.id, other.id)) == sorted(
            row["payload"].decode() for row in rows
        )

    async def test_is_found_when_it_is_looked_for_again(self, database: Database) -> None:
        """The end of a call that nobody waited for any more, and its job among those that failed."""
        customer = await a_customer(database)
        contract = await a_contract(database, customer)
        await end(database, contract)
        erasure = await erase(database, CPF)
        async with database.unit_of_work(actor="test") as work:
            for statement in _LATE:
                await work.fetch(statement, contract)
        assert [] != await traces(database)
        await database.fetch("DELETE FROM pgqueuer")

        await look_again(Process(database, PEOPLE))
        rows = await database.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = $1", JOB)
        for row in rows:
            await ERASE(Process(database, PEOPLE), row["payload"])

        assert 1 == len(rows)
        assert [] == await traces(database)
        async with database.unit_of_work() as work:
            assert ErasureState.ERASED == (await get_erasure(work, erasure.id)).state

    async def test_is_looked_for_less_often_as_time_goes_by(self, database: Database) -> None:
        """After five minutes, an hour at most, and after a month no more."""
        await a_customer(database)
        erasure = await erase(database, CPF)
        pauses = []
        for later in (
            timedelta(seconds=1),
            timedelta(hours=2),
            timedelta(days=20),
            timedelta(days=11),
        ):
            async with database.unit_of_work(actor="test") as work:
                await advance_clock(work, Settings(), later)
            await look_again(Process(database, PEOPLE))
            [row] = await database.fetch("SELECT look_at - tramita_now() AS pause FROM erasures")
            pauses.append(round(row["pause"] / timedelta(minutes=1)))

        assert [5, 30, 60] == pauses[:3]
        assert pauses[3] < 0
        async with database.unit_of_work() as work:
            assert erasure == await get_erasure(work, erasure.id)

    async def test_does_not_get_an_old_answer_again(self, database: Database) -> None:
        """A request that made the person comes again under its key: it is told that they are gone."""
        key = await begin(database, "token:test", "key-1", b"{}")
        assert isinstance(key, Claim)
        customer = await a_customer(database)
        told = f'{{"id": "{customer}", "name": "Zulmira Quartzberg"}}'.encode()
        await finish(database, key, StoredAnswer(201, "application/json", told))

        await erase(database, CPF)
        again = await begin(database, "token:test", "key-1", b"{}")

        assert isinstance(again, StoredAnswer)
        assert (410, True) == (again.status, b"person_erased" in again.body)
        assert [] == await traces(database)

    async def test_job_that_was_lost_is_enqueued_again(self, database: Database) -> None:
        """Whoever died in the middle is followed by somebody else."""
        await a_customer(database)
        async with database.unit_of_work(actor="test") as work:
            person = await identify(work, PEOPLE, CPF, tenant=HOUSE)
            erasure = await request_erasure(work, PEOPLE, person)
        await database.fetch("DELETE FROM pgqueuer")

        await look_again(Process(database, PEOPLE))

        rows = await database.fetch("SELECT entrypoint, payload FROM pgqueuer")
        assert [("people.erase", True)] == [
            (row["entrypoint"], str(erasure.id).encode() in row["payload"]) for row in rows
        ]


class TestTheLaw:
    async def test_has_kept_who_had_a_service_that_ran(self, database: Database) -> None:
        """Name and document alone, with the law and the day; then they go by themselves."""
        customer = await a_customer(database)
        contract = await a_contract(database, customer, is_live=True)
        await end(database, contract)

        kept = await erase(database, CPF)

        assert ErasureState.KEPT == kept.state
        [named] = kept.kept
        assert str(contract) == named["thing"]
        assert "Lei 8.078/1990" in named["law"]
        [row] = await rows_of(database, "customers", "name, document, email, phone, address")
        assert ("Zulmira Quartzberg", CPF, None, None, None) == row
        assert kept == await erase(database, str(customer))

        async with database.unit_of_work(actor="test") as work:
            await advance_clock(work, Settings(), timedelta(days=7 * 366))
            await enqueue_due(work)
        erased = await erase_person(database, PEOPLE, kept.id)

        assert (ErasureState.ERASED, []) == (erased.state, erased.kept)
        assert [] == await traces(database)

    async def test_is_set_by_the_installation(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where nothing has to be kept, nothing is."""
        monkeypatch.setenv("TRAMITA_CONTRACTS_LAW_YEARS", "0")
        contract = await a_contract(database, await a_customer(database), is_live=True)
        await end(database, contract)

        assert ErasureState.ERASED == (await erase(database, CPF)).state
        assert [] == await traces(database)
