"""Where contracts stand: kept with whatever moves them, listed and counted at any size."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from benchmarks.lives import THIN, make_lives
from tests.conftest import fresh_database
from tests.databases import opened
from tests.kit.database.old import old_database, upgrade
from tests.locks import until_waiting
from tramita.contracts.service import NewContract, cancel_contract, create_contract
from tramita.contracts.standings import (
    Asked,
    End,
    Order,
    count_contracts,
    find_contracts,
    find_places,
    name_clients,
    name_products,
)
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.identifiers import new_id

_LIVES = 700
_LATELY = date.today() - timedelta(days=100)


async def standing_of(database: Database, contract: UUID) -> tuple[str, str, str, str]:
    """Its stage, provider, product and tenant."""
    [row] = await database.fetch(
        "SELECT stage, provider, product, tenant FROM contract_standings WHERE contract_id = $1",
        contract,
    )
    return tuple(row)


async def begin(database: Database, backend: str = "telmex") -> UUID:
    """A contract as the core makes it."""
    async with database.unit_of_work(actor="test") as work:
        return (await create_contract(work, NewContract("A-1", backend))).id


class TestAStanding:
    async def test_is_that_of_the_contract_where_it_is_on_no_journey(
        self, database: Database
    ) -> None:
        """From its making on; whoever cancels it moves it there."""
        contract = await begin(database)
        made = await standing_of(database, contract)

        async with database.unit_of_work(actor="test") as work:
            await cancel_contract(work, contract, "as asked")

        assert ("created", "", "", "house") == made
        assert "cancelled" == (await standing_of(database, contract))[0]

    async def test_is_that_of_its_journey_and_since_when(self, database: Database) -> None:
        """A stage it has come to again is a new one; what changes beside it moves no time."""
        contract, envelope = await begin(database), new_id()
        await database.fetch("UPDATE clock SET \"offset\" = interval '1 hour'")
        await database.fetch(
            "INSERT INTO envelopes (id, token, state, customer, created_at, expires_at, run, "
            "run_total, run_left) VALUES ($1, $1, 'draft', '{}', now(), now(), 0, 0, 0)",
            envelope,
        )
        await database.fetch(
            "INSERT INTO envelope_contracts (id, envelope_id, position, number, product, "
            "contract_status, portability_status, is_proposal_being_inserted, reasons, stage, provider) "
            "VALUES ($1, $2, 0, 'A-1', 'PORTABILIDADE', 'DIGITACAO', 'DIGITACAO', false, '[]', '', "
            "'another')",
            contract,
            envelope,
        )
        begun = await database.fetch("SELECT since FROM contract_standings")
        await database.fetch("UPDATE clock SET \"offset\" = interval '2 hours'")

        await database.fetch("UPDATE envelope_contracts SET provider = 'qitech'")
        named = await database.fetch("SELECT since FROM contract_standings")
        await database.fetch(
            "UPDATE envelope_contracts SET contract_status = 'AGUARDANDO_FORMALIZACAO', "
            "portability_status = 'FORMALIZACAO_CLIENTE'"
        )
        await database.fetch("UPDATE contracts SET state = 'cancelled'")
        [moved] = await database.fetch("SELECT since FROM contract_standings")

        assert begun == named
        assert begun[0]["since"] + timedelta(minutes=59) < moved["since"]
        assert (
            "FORMALIZACAO_CLIENTE",
            "qitech",
            "PORTABILIDADE",
            "house",
        ) == await standing_of(database, contract)

    async def test_goes_with_its_contract(self, database: Database) -> None:
        """Nothing is left of one that is no more."""
        await begin(database)

        await database.fetch("DELETE FROM contract_events")
        await database.fetch("DELETE FROM contracts")

        assert [] == await database.fetch("SELECT FROM contract_standings")


class TestTheUpgrade:
    async def test_misses_no_move_that_is_under_way(self, server: EmbeddedPostgres) -> None:
        """Processes of the release before go on meanwhile: where a contract comes to counts."""
        async with old_database(server, "0057") as old:
            contract = new_id()
            await old.fetch(
                "INSERT INTO contracts (id, name, backend, state, activated, created_at, "
                "external_references, backend_record, version, tenant) "
                "VALUES ($1, 'A-1', 'vivo', 'created', false, now(), '{}', '{}', 1, 'house')",
                contract,
            )
            await old.fetch("INSERT INTO mobile_lines VALUES ($1, 'REQUESTED')", contract)
            mover = await old.connect()
            move = mover.transaction()
            await move.start()
            await mover.execute("UPDATE mobile_lines SET state = 'LIVE'")

            upgrading = asyncio.create_task(upgrade(old, "0058"))
            await until_waiting(old)
            await move.commit()
            await upgrading
            await mover.close()

            assert "LIVE" == (await standing_of(old, contract))[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """Contracts on every journey."""
    async with fresh_database(server) as url, opened(url, pool_size=1) as database:
        connection = await database.connect()
        await make_lives(connection, _LIVES, shape=THIN, partners=False, of_each=True)
        await connection.close()
        yield database


LONGEST = Asked(order=Order.LONGEST)
ASKED = [
    Asked(),
    LONGEST,
    Asked(backend="orders"),
    Asked(backend="portability", stage="AGUARDANDO_SALDO", order=Order.LONGEST),
    Asked(provider="sigan", under_way=True),
    Asked(tenant="rare", order=Order.LONGEST),
    Asked(stood=timedelta(days=100), backend="vivo"),
    Asked(ended=End.OTHERWISE, came=_LATELY, zone="America/Sao_Paulo"),
    Asked(ended=End.WELL, begun=_LATELY, came=_LATELY, order=Order.LONGEST),
    Asked(came=date(2999, 1, 1)),
    Asked(backend="smt", stage="nowhere"),
]


def is_since(day: date | None, at: datetime, asked: Asked) -> bool:
    """Whether a moment is of that day or later, where it is asked."""
    return day is None or at >= datetime.combine(day, time(), ZoneInfo(asked.zone))


@pytest.mark.asyncio(loop_scope="module")
class TestTheList:
    @pytest.mark.parametrize("asked", ASKED)
    async def test_has_what_is_asked_for_in_its_order(self, filled: Database, asked: Asked) -> None:
        """Page after page, the same as by reading all of them."""
        async with filled.unit_of_work() as work:
            places = await find_places(work)
            everything = await find_contracts(
                work, Asked(order=asked.order), places, after=None, limit=99_999
            )
            fitting = {one.place for one in asked.among(places)}
            by_place = {
                (one.backend, one.stage, one.provider, one.product, one.tenant): one.place
                for one in places
            }
            [row] = await work.fetch("SELECT tramita_now() AS now")
            told, after = [], None
            while page := await find_contracts(
                work, asked, asked.among(places), after=after, limit=300
            ):
                told += page
                after = asked.key_of(page[-1])
        expected = [
            one.id
            for one in everything
            if by_place[one.backend, one.stage, one.provider, one.product, one.tenant] in fitting
            and (asked.stood is None or one.since <= row["now"] - asked.stood)
            and is_since(asked.came, one.since, asked)
            and is_since(asked.begun, one.begun_at, asked)
        ]
        keys = {one.id: asked.key_of(one) for one in everything}
        expected.sort(key=keys.__getitem__, reverse=not asked.is_longest_first)

        assert expected == [one.id for one in told]

    async def test_masks_whose_they_are(self, filled: Database) -> None:
        """Initials, and no more."""
        async with filled.unit_of_work() as work:
            places = await find_places(work)
            [one] = await find_contracts(work, Asked(), places, after=None, limit=1)

        assert one.client is not None
        assert one.client.startswith("C•••")

    async def test_knows_whose_they_are_without_a_customer(self, filled: Database) -> None:
        """A client stands in the envelope, or is whoever ordered."""
        rows = await filled.fetch(
            "SELECT DISTINCT ON (backend) id, backend FROM contracts ORDER BY backend, id"
        )
        one_of = {row["backend"]: row["id"] for row in rows}
        async with filled.unit_of_work() as work:
            names = await name_clients(work, list(one_of.values()))

        for backend in ("portability", "orders"):
            assert names[one_of[backend]].startswith("Client ")

    async def test_names_products_as_people_do(self, filled: Database) -> None:
        """By the title of what was ordered."""
        async with filled.unit_of_work() as work:
            names = await name_products(work, await find_places(work))

        assert {"P 1", "PORTABILIDADE", "ordinary"} <= set(names.values())

    async def test_counts_no_further_than_anybody_wants_to_know(self, filled: Database) -> None:
        """One more than that stands for more."""
        async with filled.unit_of_work() as work:
            places = await find_places(work)
            groups = {
                "all": places,
                "few": Asked(tenant="rare").among(places),
                "none": [],
            }
            counts = await count_contracts(work, Asked(), groups, most=99)
            [row] = await work.fetch("SELECT count(*) AS n FROM contracts WHERE tenant = 'rare'")

        assert {"all": 100, "few": row["n"], "none": 0} == counts
