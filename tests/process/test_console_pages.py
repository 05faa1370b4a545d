"""Each page of the console costs the same however many contracts there are."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from benchmarks.console_addresses import LISTS, OTHERS, THINGS
from benchmarks.console_pages import EMAIL, Place, visiting_console
from benchmarks.lives import THIN, make_lives
from tests.conftest import fresh_database
from tests.console.visitor import PASSWORD
from tests.databases import opened
from tests.process.plans import PLANS, Cost, cost_of, listening, settle
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.web.console_roles import find_cells

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]

FEW: Final = 1_500
MANY: Final = 4 * FEW
# Blocks by which a page may cost more all the same: indexes get deeper, rows lie otherwise.
SLACK: Final = 40
# Where there is little, not yet a page of these, or all of it is read at once.
GROWING: Final = frozenset(
    {
        "contracts of a journey under way",
        "contracts in a stage",
        "exchanges that were refused",
        "operations of a provider",
        "retention",
    }
)
# What counts operations that are not finished.
COUNTING: Final = frozenset(
    {name for name in LISTS if name.startswith("operations")}
    | {"overview", "providers", "a provider", "numbering"}
)
# Sixty thousand of them, in twelve places; of what is in somebody's hands there are never many.
_CROWD: Final = """
    INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts, epoch, created_at,
                            sent_at, due_at, lease_until, tenant)
    SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0')
            || substr(gen_random_uuid()::text, 15))::uuid, 'crowd ' || gen_random_uuid(), kind, provider,
           kind, gen_random_uuid(), state, 1, 1, now(), now(), now(), now() + interval '1 day', 'house'
    FROM generate_series(1, 5000) AS n,
         (VALUES ('portability.insert_proposal', 'qitech'), ('payments.debit', 'lyra'),
                 ('numbering.reserve_number', 'sigan')) AS k(kind, provider),
         unnest('{PREPARED,NOT_SENT,PENDING,UNKNOWN}'::text[]) AS state
"""
# Blocks that counting to a thousand in each of these takes, and pages of a list that were empty.
CROWDED: Final = 800


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """An admin's browser at an installation with some contracts on every journey."""
    async with visited(server, FEW, tmp_path_factory.mktemp("small")) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def large(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """The same, with several times as many."""
    async with visited(server, MANY, tmp_path_factory.mktemp("large")) as place:
        yield place


@asynccontextmanager
async def visited(
    server: EmbeddedPostgres, lives: int, folder: Path, more: str = ""
) -> AsyncIterator[Place]:
    async with fresh_database(server, is_new=True) as url:
        async with opened(url) as database:
            connection = await database.connect()
            await make_lives(connection, lives, shape=THIN, of_each=True)
            if more:
                await connection.execute(more)
            await settle(connection)
            await connection.close()
            async with database.unit_of_work() as work:
                await create_account(work, EMAIL, PASSWORD, Role.ADMIN)
        async with visiting_console(url, folder, lives) as place:
            yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowded(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """As the first, on the day on which everything stands."""
    async with visited(server, FEW, tmp_path_factory.mktemp("crowded"), _CROWD) as place:
        yield place


class TestEachPage:
    @pytest.mark.parametrize("name", [*LISTS, *THINGS])
    async def test_costs_the_same_however_much_there_is(
        self, small: Place, large: Place, name: str
    ) -> None:
        """In statements, and in blocks that those touch, planned for these arguments and for any."""
        less, more = await cost(small, name), await cost(large, name)

        for plan in PLANS:
            assert more[plan].parts == less[plan].parts, more[plan].statements
            if name not in GROWING:
                most = less[plan].blocks * 1.25 + SLACK
                assert more[plan].blocks <= most, more[plan].statements

    @pytest.mark.parametrize("name", sorted(COUNTING))
    async def test_costs_the_same_however_much_is_under_way(
        self, small: Place, crowded: Place, name: str
    ) -> None:
        """What is under way is counted no further than anybody wants to know."""
        less, more = await cost(small, name), await cost(crowded, name)

        for plan in PLANS:
            assert more[plan].blocks <= less[plan].blocks + CROWDED, more[plan].statements

    async def test_is_looked_at(self) -> None:
        """Every address of the console is among those that are measured, or is no such page."""
        shown = [one.partition("?")[0] for one in LISTS.values()]
        shown += [one.address for one in THINGS.values()]
        pages = {one.path for one in find_cells() if one.method == "GET"}

        assert [] == [one for one in sorted(pages - OTHERS) if not is_among(one, shown)]
        assert OTHERS <= pages


def is_among(path: str, shown: list[str]) -> bool:
    """Whether one of these is of this path, as a route has it."""
    route = re.compile(re.sub(r"\\\{\w+:\w+\\\}", "[^/]+", re.escape(path)) + "/?")
    return any(one == path or route.fullmatch(one) for one in shown)


async def cost(place: Place, name: str) -> dict[str, Cost]:
    """What a page's statements cost under each sort of plan."""
    async with listening(place.runtime.database, of_requests=True) as ran:
        seen = await place.visitor.get(place.addresses[name])
    assert seen.status in {200, 303}, seen.text
    assert ran
    connection = await place.runtime.database.connect()
    try:
        return {plan: await cost_of(connection, ran, plan) for plan in PLANS}
    finally:
        await connection.close()
