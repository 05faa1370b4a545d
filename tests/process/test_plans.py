"""What is looked at often costs the same however much there is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
import pytest_asyncio

from benchmarks.console_looks import CONSOLE, SHOP
from benchmarks.lives import THIN, make_lives
from benchmarks.looks import HOT, Call
from tests.conftest import fresh_database
from tests.databases import opened
from tests.process.plans import PLANS, Cost, cost_of, listening, settle
from tramita.contracts.model import Contract
from tramita.contracts.queries import ContractFilter
from tramita.kit.database.records import list_newest
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.encryption.keys import EMAIL, NAME, PHONE
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.numbering.operator import overview
from tramita.numbering.operator.overview import count_stock
from tramita.process.worker import all_schedules

FEW: Final = 1_500
MANY: Final = 4 * FEW
# Blocks by which a call may cost more all the same: indexes get deeper, rows lie otherwise.
SLACK: Final = 25
# All else of the console's lists is measured page by page; the pages of some show more where there is more.
LOOKS: Final = HOT.keys() - (
    {name for name in CONSOLE if name.startswith("console: ")}
    - {
        "console: contracts that there are none of",
        "console: contracts under way",
        "console: contracts in a rare stage",
        "console: exchanges of long ago",
        "console: exchanges with a rare outcome",
    }
)
LOOKED_BEFORE: Final = ("providers.count_hours",)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(server: EmbeddedPostgres) -> AsyncIterator[Runtime]:
    """A runtime on a database with the rows of many lives."""
    async with filled(server, FEW) as runtime:
        yield runtime


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def large(server: EmbeddedPostgres) -> AsyncIterator[Runtime]:
    """The same, and several times as many."""
    async with filled(server, MANY) as runtime:
        yield runtime


@asynccontextmanager
async def filled(server: EmbeddedPostgres, lives: int) -> AsyncIterator[Runtime]:
    async with fresh_database(server, is_new=True) as url, opened(url, pool_size=1) as database:
        connection = await database.connect()
        await make_lives(connection, lives, shape=THIN)
        for table in ("customers", "envelopes"):
            await connection.execute(
                f"UPDATE {table} SET phone_hash = $1, email_hash = $2, name_hash = $3",
                *(database.keys.hash(kind, SHOP[kind]) for kind in (PHONE, EMAIL, NAME)),
            )
        await settle(connection)
        await connection.close()
        runtime = Runtime(Settings(mode=Mode.DEMO), database, Live(database.connect))
        # What came before the first look is counted once; later looks are measured.
        for one in all_schedules():
            if one.name in LOOKED_BEFORE:
                await one.run(runtime)
        yield runtime


@pytest.mark.asyncio(loop_scope="module")
class TestWhatIsLookedAtOften:
    @pytest.mark.parametrize("name", sorted(LOOKS))
    async def test_costs_the_same_however_much_there_is(
        self, small: Runtime, large: Runtime, name: str
    ) -> None:
        """In blocks that are touched, planned for these arguments and for any."""
        less, more = await cost(small, HOT[name]), await cost(large, HOT[name])

        for plan in PLANS:
            assert more[plan].blocks <= less[plan].blocks * 1.25 + SLACK, more[plan].statements

    async def test_is_found_without_a_look_at_what_is_not_wanted(self, large: Runtime) -> None:
        """One organization has sold much and signed all of it, while another one never signs."""
        found = await cost(large, HOT["contracts of an organization, half_signed"])

        assert dict.fromkeys(PLANS, True) == {plan: found[plan].blocks <= 5 for plan in PLANS}, (
            found
        )


async def cost(runtime: Runtime, call: Call) -> dict[str, Cost]:
    """What a call's statements cost under each sort of plan."""
    async with listening(runtime.database) as ran:
        await call(runtime)
    assert ran
    connection = await runtime.database.connect()
    try:
        return {plan: await cost_of(connection, ran, plan) for plan in PLANS}
    finally:
        await connection.close()


@pytest.mark.asyncio(loop_scope="module")
class TestWhatIsCounted:
    async def test_ends_where_it_would_cost_more(
        self, large: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of one area code and status it is told that there are more."""
        monkeypatch.setattr(overview, "MOST_COUNTED", 3)
        async with large.database.unit_of_work() as work:
            found = {n for one in await count_stock(work) for n in one.counts.values()}

        assert {4} == found

    @pytest.mark.parametrize(("part", "n"), [("a-C4CA", 1), ("c4%", 0), ("4ca4", 1)])
    async def test_as_part_of_a_name_is_whatever_has_it(
        self, small: Runtime, part: str, n: int
    ) -> None:
        """In capitals or small letters; a sign of patterns is itself."""
        conditions = ContractFilter(q=part).conditions()
        async with small.database.session() as session:
            found = await list_newest(session, Contract, conditions, before=None, limit=50)
        [row] = await small.database.fetch(
            "SELECT count(*) AS n FROM contracts WHERE strpos(lower(name), lower($1)) > 0", part
        )

        assert row["n"] == len(found) >= n
