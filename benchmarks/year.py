"""A year in miniature: the rows of so many contract lives, and what forgetting makes of them.

``python -m benchmarks year [--lives 10000,100000]``. For each number of lives a database is filled
by SQL, lists and idle turns are timed on it, and then it is forgotten: what is over by the
defaults, as in a first night, and what will be over one day, which leaves what a finished contract
costs for ever.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import perf_counter
from typing import Final

import asyncpg

from benchmarks.lives import make_lives
from benchmarks.looks import HOT
from benchmarks.plot import plot, plot_lines
from benchmarks.report import Section
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.live import Live
from tramita.kit.retention import Retention
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.process.areas import EVERYTHING, RETENTION

_LOOKS: Final = 5
# Days that a life goes on at most: the youngest have rows of days to come.
_LONGEST: Final = 40
_SHOWN: Final = (
    "a worker's idle turn",
    "operations NEEDS_ATTENTION",
    "console: refused of a rare kind",
    "contracts with a rare part of a name",
    "events of a rare type",
    "numbering's stock",
    "readiness",
    "schedule operations.sweep_lost",
)
# Lives are portabilities. What they have bought and ordered besides stands in the tables of these areas.
_MEASURED: Final = "a portability"
_OTHERS: Final[Mapping[str, Sequence[str]]] = {
    "besides, of an order of a course": ("orders", "payments", "signatures"),
    "besides, of a payment abroad": ("transfers", "chats"),
    "besides, of a phone number": ("numbering",),
}
_MOST_FOR_EVER, _TABLES = 6_000, 24
# At night it deletes.
_ACTS: Final = ("schedule retention.forget",)
# By month, as it would be partitioned.
_PARTITIONED: Final = """
    CREATE TABLE parted (LIKE {table}) PARTITION BY RANGE ({age});
    DO $$ BEGIN FOR month IN 0..14 LOOP
        EXECUTE format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES FROM (%L) TO (%L)', month,
            date_trunc('month', now()) - (13 - month) * interval '1 month',
            date_trunc('month', now()) - (12 - month) * interval '1 month');
    END LOOP; END $$;
    CREATE INDEX ON parted ({key});
    INSERT INTO parted SELECT * FROM {table};
    ANALYZE parted;
"""
_BYTES: Final = """
    SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass
class Year:
    """What was measured at one number of lives; sizes are in bytes, by table."""

    lives: int
    looks: Mapping[str, float]
    before: Mapping[str, int]
    after: Mapping[str, int]
    for_ever: Mapping[str, int]
    first_night: tuple[int, float]
    parted: Mapping[str, tuple[float, float, float]]


async def measure_years(server: EmbeddedPostgres, numbers: list[int]) -> list[Section]:
    """One section for each number of lives, and one with what is looked at often at each."""
    years = []
    for lives in numbers:
        years.append(await _measure(server, lives))
        print(_tell(years[-1]), flush=True)
    years.sort(key=lambda year: year.lives)
    numbers = sorted(numbers)
    plot(
        "year-bytes.svg",
        title="kB of a finished portability: at first, after the first night, for ever",
        across="stage",
        points=[
            (stage, _by_journey(sizes)[_MEASURED] / years[-1].lives / 1000)
            for stage, sizes in enumerate((years[-1].before, years[-1].after, years[-1].for_ever))
        ],
    )
    plot_lines(
        "year-looks.svg",
        title="Milliseconds of what is looked at often",
        across="contracts",
        xs=numbers,
        series={name: [year.looks[name] * 1000 for year in years] for name in _SHOWN},
    )
    return [*(_tell(year) for year in years), _tell_looks(years)]


async def _measure(server: EmbeddedPostgres, lives: int) -> Year:
    name = f"year_{lives}"
    admin = Database.open(server.url())
    await admin.fetch(f"CREATE DATABASE {name}")
    await admin.close()
    database = Database.open(server.url(name))
    try:
        await migrate(database)
        connection = await database.connect()
        empty = await _sizes(connection, {})
        began = perf_counter()
        await make_lives(connection, lives, over=timedelta(days=400))
        await connection.execute("VACUUM ANALYZE")
        print(f"{lives:,} lives made in {perf_counter() - began:.0f} s", flush=True)
        looks = {name: await _time(_runtime(database), name) for name in HOT if name not in _ACTS}
        before = await _sizes(connection, empty)
        parted = {
            table: await _compare(connection, table, age, key)
            for table, age, key in (
                ("exchanges", "started_at", "operation_id"),
                ("pgqueuer_log", "created", "job_id"),
            )
        }
        runtime = _runtime(database)
        first_night = await _forget(Retention(runtime, RETENTION.kept))
        after = await _sizes(connection, empty)
        one_day = [replace(one, days=-_LONGEST, days_more=0) for one in RETENTION.kept]
        for _ in range(2):  # Bodies, then rows.
            await _forget(Retention(runtime, one_day))
        for_ever = await _sizes(connection, empty)
        await connection.close()
    finally:
        await database.close()
    return Year(lives, looks, before, after, for_ever, first_night, parted)


def _runtime(database: Database) -> Runtime:
    return Runtime(Settings(mode=Mode.DEMO), database, Live(database.connect))


async def _time(runtime: Runtime, name: str) -> float:
    """The median of a few looks, in seconds, the first one left out."""
    took = []
    for _ in range(_LOOKS + 1):
        began = perf_counter()
        await HOT[name](runtime)
        took.append(perf_counter() - began)
    return statistics.median(took[1:])


async def _forget(retention: Retention) -> tuple[int, float]:
    """Rows that went, and the seconds it took, until nothing was over."""
    rows, began = 0, perf_counter()
    while forgotten := await retention.forget():
        rows += sum(forgotten.values())
    return rows, perf_counter() - began


async def _sizes(connection: asyncpg.Connection, empty: Mapping[str, int]) -> dict[str, int]:
    """Bytes of each table with its indexes, without empty room and what it had before any contract."""
    await connection.execute("VACUUM FULL")
    rows = await connection.fetch(_BYTES)
    return {row["relname"]: row["bytes"] - empty.get(row["relname"], 0) for row in rows}


async def _compare(
    connection: asyncpg.Connection, table: str, age: str, key: str
) -> tuple[float, float, float]:
    """Milliseconds of a look-up here, of one where it is partitioned, and of dropping a month."""
    sample = f"SELECT {key} AS key FROM {table} TABLESAMPLE SYSTEM (5) LIMIT 300"  # noqa: S608 - ours
    keys = await connection.fetch(sample)
    await connection.execute(_PARTITIONED.format(table=table, age=age, key=key))
    took = []
    for name in (table, "parted"):
        look_up = f"SELECT * FROM {name} WHERE {key} = $1"  # noqa: S608 - ours
        began = perf_counter()
        for row in keys:
            await connection.fetch(look_up, row["key"])
        took.append((perf_counter() - began) / max(1, len(keys)) * 1000)
    began = perf_counter()
    await connection.execute("DROP TABLE parted_2")
    dropped = (perf_counter() - began) * 1000
    await connection.execute("DROP TABLE parted")
    return took[0], took[1], dropped


def _tell(year: Year) -> Section:
    section = Section(
        f"{year.lives:,} contracts of a year: bytes of each as they lie packed, at first → after the first "
        "night of retention → for ever, of one that is over"
    )
    rows, seconds = year.first_night
    stages = [_by_journey(sizes) for sizes in (year.before, year.after, year.for_ever)]
    for journey in stages[0]:
        target = f"≤ {_MOST_FOR_EVER:,} B for ever" if journey == _MEASURED else ""
        section.add(journey, _steps(year, [sizes[journey] for sizes in stages]), target)
    largest = sorted(year.before, key=lambda one: -max(year.before[one], year.for_ever[one]))
    for table in largest[:_TABLES]:
        sizes = [year.before[table], year.after[table], year.for_ever[table]]
        section.add(f"- {table}", _steps(year, sizes))
    section.add(
        "the first night", f"{rows:,} rows in {seconds:.0f} s, {rows / seconds:,.0f} a second"
    )
    for table, (here, parted, dropped) in year.parted.items():
        section.add(f"{table}: look-up, with 15 partitions", f"{here:.2f} ms, {parted:.2f} ms")
        section.add(f"{table}: dropping a month's partition", f"{dropped:.0f} ms")
    return section


def _steps(year: Year, sizes: Sequence[int]) -> str:
    return " → ".join(f"{size / year.lives:,.0f}" for size in sizes) + " B"


def _by_journey(sizes: Mapping[str, int]) -> dict[str, int]:
    """What a contract leaves: a portability in all tables, others besides what every contract has."""
    owner = {table.name: area.key for area in EVERYTHING for table in area.people.tables}
    own = {key for areas in _OTHERS.values() for key in areas}
    measured = sum(size for name, size in sizes.items() if owner.get(name) not in own)
    besides = {
        name: sum(size for table, size in sizes.items() if owner.get(table) in areas)
        for name, areas in _OTHERS.items()
    }
    return {_MEASURED: measured, **besides}


def _tell_looks(years: list[Year]) -> Section:
    numbers = " / ".join(f"{year.lives:,}" for year in years)
    section = Section(
        f"What is looked at often, at {numbers} contracts (median, idle turns included)"
    )
    for name in sorted(years[0].looks):
        section.add(name, " / ".join(f"{year.looks[name] * 1000:.1f}" for year in years) + " ms")
    return section
