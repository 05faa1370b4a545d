"""Area codes: which there are, where, and how they are found."""

import hashlib
from collections import Counter

import phonenumbers
import pytest

from tests.redis_server import RedisServer
from tramita.contracts.rules import AREA_CODES
from tramita.kit.cache import Cache
from tramita.kit.database.engine import Database
from tramita.kit.errors import TramitaError
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.numbering.ddd import (
    TABLE_VERSION,
    AreaCode,
    DDDMalformed,
    DDDNotFound,
    find_ddd,
    get_ddd,
    list_ddds,
    parse_ddd,
)

ALL_PAIRS = [f"{number:02}" for number in range(100)]

# Of the 27 states: how many area codes, by the region they belong to.
STATES = {
    "SE": {"SP": 9, "RJ": 3, "ES": 2, "MG": 7},
    "S": {"PR": 6, "SC": 3, "RS": 4},
    "CO": {"DF": 1, "GO": 2, "MT": 2, "MS": 1},
    "N": {"TO": 1, "AC": 1, "RO": 1, "PA": 3, "AM": 2, "RR": 1, "AP": 1},
    "NE": {"BA": 5, "SE": 1, "PE": 2, "AL": 1, "PB": 1, "RN": 1, "CE": 2, "PI": 2, "MA": 2},
}


def is_mobile_there(ddd: str) -> bool:
    """Whether the world's register of numbering plans knows mobile numbers of this area."""
    return phonenumbers.is_valid_number(phonenumbers.parse(f"+55{ddd}987654321"))


async def everything(database: Database) -> list[AreaCode]:
    async with database.unit_of_work() as work:
        return await list_ddds(work)


@pytest.fixture
def runtime(database: Database) -> Runtime:
    return Runtime(Settings(), database, Live(database.connect))


class TestTheTable:
    async def test_is_what_phone_numbers_are_checked_by(self, database: Database) -> None:
        """One list for the house, though rules may not ask the database."""
        async with database.unit_of_work() as work:
            found = {one.ddd for one in await list_ddds(work)}

        assert AREA_CODES == found

    async def test_has_the_area_codes_of_every_state(self, database: Database) -> None:
        """67 of them, in 27 states, in five regions."""
        found = await everything(database)

        assert 67 == len({one.ddd for one in found})
        assert {(region, state): n for region in STATES for state, n in STATES[region].items()} == (
            Counter((one.region, one.state) for one in found)
        )

    async def test_has_those_that_the_world_knows_and_no_other(self, database: Database) -> None:
        """Not one of the 33 others, each asked of an independent register."""
        found = [one.ddd for one in await everything(database)]

        assert [ddd for ddd in ALL_PAIRS if is_mobile_there(ddd)] == found

    async def test_is_right_where_others_err(self, database: Database) -> None:
        """28 is not in Minas, 63 not in the Center-West, and 55 is not only a country."""
        states = {"28": "ES", "38": "MG", "55": "RS", "61": "DF", "63": "TO"}

        found = {one.ddd: one.state for one in await everything(database) if one.ddd in states}

        assert states == found

    async def test_goes_by_the_version_of_its_rows(self, database: Database) -> None:
        """Change a row, and what was cached before must not be found: change the version."""
        rows = [(one.ddd, one.state, one.region, one.city) for one in await everything(database)]

        assert hashlib.sha256(repr(rows).encode()).hexdigest()[:8] == TABLE_VERSION


class TestParseDDD:
    @pytest.mark.parametrize("ddd", ["11", "55", "99", "23"])
    def test_takes_what_may_be_one(self, ddd: str) -> None:
        """Whether it is one, the table knows."""
        assert ddd == parse_ddd(ddd)

    @pytest.mark.parametrize(
        "text",
        [
            *["", "1", "011", "111", "10", "01", "00", " 11", "11 ", "11\n", "+1", "-1", "1."],
            *["\u0661\u0661", "\uff11\uff11", "\u00b2\u00b2", "1\x00", "11;", "ab"],
        ],
    )
    def test_takes_nothing_else(self, text: str) -> None:
        """Not digits of other scripts either."""
        with pytest.raises(DDDMalformed, match="two digits from 1 to 9"):
            parse_ddd(text)


class TestFindDDD:
    async def test_finds_every_one_and_no_other(self, runtime: Runtime) -> None:
        """Asked twice: from the table, and from the cache."""
        possible = [ddd for ddd in ALL_PAIRS if "0" not in ddd]
        table = {one.ddd: one for one in await everything(runtime.database)}

        asked = [{ddd: await find_ddd(runtime, ddd) for ddd in possible} for _ in range(2)]

        assert [{ddd: table.get(ddd) for ddd in possible}] * 2 == asked
        assert (81, 67) == (len(possible), len(table))

    async def test_leaves_the_table_alone_once_it_is_cached(self, runtime: Runtime) -> None:
        """What is there is believed for long, and what is not for a moment."""
        before = [await find_ddd(runtime, ddd) for ddd in ("13", "23")]
        async with runtime.database.unit_of_work() as work:
            await work.fetch("UPDATE location_ddd SET ddd = '23' WHERE ddd = '13'")

        after = [await find_ddd(runtime, ddd) for ddd in ("13", "23")]

        assert [AreaCode("13", "SP", "SE", "Santos"), None] == before == after

    @pytest.mark.redis
    async def test_asks_the_table_while_redis_is_away(
        self, runtime: Runtime, redis: RedisServer
    ) -> None:
        """Stopped in the middle, started again: an answer each time, and a true one."""
        runtime.cache = Cache.open(redis.url)
        before = await find_ddd(runtime, "13")
        async with runtime.database.unit_of_work() as work:
            await work.fetch("UPDATE location_ddd SET city = 'Cubatão' WHERE ddd = '13'")
        cached = await find_ddd(runtime, "13")

        redis.kill()
        meanwhile = [await find_ddd(runtime, "13") for _ in range(20)]
        redis.start()
        again = [await find_ddd(runtime, "13") for _ in range(20)]
        await runtime.cache.close()

        santos, cubatao = (AreaCode("13", "SP", "SE", city) for city in ("Santos", "Cubatão"))
        assert ([santos] * 2, [cubatao] * 40) == ([before, cached], meanwhile + again)


class TestGetDDD:
    @pytest.mark.parametrize(
        ("ddd", "kind", "code"),
        [("1", DDDMalformed, "DDD_MALFORMED"), ("23", DDDNotFound, "DDD_NOT_FOUND")],
    )
    async def test_says_what_is_wrong(
        self, runtime: Runtime, ddd: str, kind: type[TramitaError], code: str
    ) -> None:
        """In codes that do not change with the sentences."""
        with pytest.raises(kind) as refused:
            await get_ddd(runtime, ddd)

        assert code == refused.value.code
