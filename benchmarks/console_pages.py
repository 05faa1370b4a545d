"""The console's pages at several numbers of contracts, asked for as a browser asks.

``python -m benchmarks console [--lives 10000,1000000]``. For each number a database is filled by
SQL with contracts on every journey, their operations, histories, exchanges, messages and what
partners were told. Then each page is asked for over HTTP at one size after the other, so that
whatever else the machine does strikes all of them alike, and its statements are counted. In the
end a browser walks the questions of ``docs/how-to/operate.md`` where there are most contracts.
"""

import shutil
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from playwright.async_api import async_playwright, expect

from benchmarks.console_addresses import find_addresses
from benchmarks.filling import without_indexes
from benchmarks.lives import Shape, make_lives
from benchmarks.report import Section, percentile
from tests.browser.conftest import FLAGS
from tests.browser.looks import looking
from tests.browser.operators import sign_in
from tests.browser.questions import BEGINS_AT, walk
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.process.plans import CUSTOM, Cost, cost_of, listening
from tramita.contracts.console.exporting import write_contracts
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.http.settings import WebSettings
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.process.runtime import running_runtime
from tramita.web.server import listen, running_web

# Of the queue's log no page shows anything.
_SHAPE: Final = Shape(jobs=0, messages=1, moves=2, exchanges=1, deferred=50)
_TIMES, _BEFORE = 40, 5
EMAIL: Final = "ana@example.com"
_CSV_TIMES: Final = 15
# Whoever waits longer for a click gives up.
_PATIENCE: Final = 30_000
# Milliseconds of nearly every page, and how many times the time of few contracts one of many takes.
_SLOWEST, _RATIO = 200, 1.2

Act = Callable[[], Coroutine[Any, Any, object]]


@dataclass(frozen=True)
class Place:
    """Somebody who is signed in at an installation with so many contracts."""

    lives: int
    url: str
    runtime: Runtime
    visitor: Visitor
    addresses: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """What one page took, in milliseconds, and its statements: how many, and what they touched."""

    median: float
    slowest: float
    statements: int
    cost: Cost


async def measure_console(
    server: EmbeddedPostgres, folder: Path, numbers: Sequence[int]
) -> list[Section]:
    """Each page at each number of contracts; and the clicks where there are most."""
    for lives in numbers:
        await _fill(server, lives)
    async with AsyncExitStack() as stack:
        places = [
            await stack.enter_async_context(
                visiting_console(server.url(_name(lives)), folder, lives)
            )
            for lives in numbers
        ]
        found = {}
        for name in places[0].addresses:
            found[name] = await _alternate([_page(one, name) for one in places], places)
            _show(name, found[name])
        found["contracts as CSV, asked for"] = await _alternate(
            [_asks_for_csv(one) for one in places], places, times=_CSV_TIMES, reads=False
        )
        found["contracts as CSV, a piece"] = await _alternate(
            [_writes_csv(one) for one in places], places, times=_CSV_TIMES, reads=False
        )
        return [_tell(numbers, found), *await _walk(places[-1])]


def _name(lives: int) -> str:
    return f"console_{lives}"


async def _fill(server: EmbeddedPostgres, lives: int) -> None:
    admin = Database.open(server.url())
    await admin.fetch(f"CREATE DATABASE {_name(lives)}")
    await admin.close()
    database = Database.open(server.url(_name(lives)))
    try:
        await migrate(database)
        connection = await database.connect()
        began = time.monotonic()
        async with without_indexes(connection):
            await make_lives(connection, lives, shape=_SHAPE, of_each=True)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
        await connection.close()
        print(f"{lives:,} lives made in {time.monotonic() - began:.0f} s", flush=True)
        async with database.unit_of_work() as work:
            await create_account(work, EMAIL, PASSWORD, Role.ADMIN)
    finally:
        await database.close()


@asynccontextmanager
async def visiting_console(url: str, folder: Path, lives: int) -> AsyncIterator[Place]:
    """The web over a database that lives fill, and somebody who is signed in there."""
    settings = Settings(
        data_dir=folder / _name(lives), mode=Mode.DEMO, simulators_port=9, log_level="WARNING"
    )
    async with (
        running_runtime(settings, url) as runtime,
        running_web(runtime, listen("127.0.0.1", 0)) as web,
        visiting(web.url) as visitor,
    ):
        runtime.configure(WebSettings(requests_per_second=0, misses_per_minute=0))
        signed_in = await visitor.sign_in(EMAIL)
        assert not signed_in.location.startswith("/console/login"), signed_in.text
        connection = await runtime.database.connect()
        addresses = await find_addresses(connection)
        await connection.close()
        yield Place(lives, web.url, runtime, visitor, addresses)


def _page(place: Place, name: str) -> Act:
    async def ask() -> None:
        seen = await place.visitor.get(place.addresses[name])
        assert seen.status in {200, 303}, (name, place.addresses[name], seen.status, seen.text)

    return ask


def _asks_for_csv(place: Place) -> Act:
    async def ask() -> None:
        await place.runtime.database.fetch("DELETE FROM exports")
        page = await place.visitor.get("/console/contracts/files")
        form = {"csrf_token": page.csrf_token, "query": ""}
        assert (await place.visitor.post("/console/contracts/files", form)).status == 303

    return ask


def _writes_csv(place: Place) -> Act:
    """The first piece, again each time."""

    async def write() -> None:
        [export] = await place.runtime.database.fetch("SELECT id FROM exports")
        await place.runtime.database.fetch(
            "UPDATE exports SET pieces = 0, rows = 0, goes_on_after = NULL"
        )
        await place.runtime.database.fetch("DELETE FROM export_pieces")
        with structlog.contextvars.bound_contextvars(request_id="none"):
            await write_contracts(place.runtime, export["id"])

    return write


async def _alternate(
    acts: Sequence[Act], places: Sequence[Place], *, times: int = _TIMES, reads: bool = True
) -> list[Page]:
    """Each act so often, in turn, and what one of it costs at each place.

    Of one that writes it is not told what its statements touch: they cannot be run again.
    """
    took: list[list[float]] = [[] for _ in acts]
    for _ in range(_BEFORE + times):
        for act, mine in zip(acts, took, strict=True):
            began = time.monotonic()
            await act()
            mine.append((time.monotonic() - began) * 1000)
    pages = []
    for act, mine, place in zip(acts, took, places, strict=True):
        async with listening(place.runtime.database, of_requests=True) as ran:
            await act()
        connection = await place.runtime.database.connect()
        cost = await cost_of(connection, ran if reads else (), CUSTOM)
        await connection.close()
        kept = mine[_BEFORE:]
        pages.append(Page(percentile(kept, 0.5), percentile(kept, 0.95), len(ran), cost))
    return pages


def _show(name: str, pages: Sequence[Page]) -> None:
    """Print it as it is measured; of what is over its aim, what its statements touched."""
    print(name, *(f"{one.median:.1f}/{one.slowest:.1f} ms" for one in pages), flush=True)
    first, last = pages[0], pages[-1]
    if last.slowest > _SLOWEST or last.median > first.median * _RATIO:
        print(first.cost.statements, last.cost.statements, sep="\n", flush=True)


def _tell(numbers: Sequence[int], found: Mapping[str, Sequence[Page]]) -> Section:
    among = " and ".join(f"{one:,}" for one in numbers)
    section = Section(f"The console's pages among {among} contracts")
    for what, pages in found.items():
        median = " / ".join(f"{one.median:.0f}" for one in pages)
        slowest = " / ".join(f"{one.slowest:.0f}" for one in pages)
        statements = " / ".join(str(one.statements) for one in pages)
        blocks = " / ".join(f"{one.cost.blocks:,}" for one in pages)
        ratio = pages[-1].median / pages[0].median
        section.add(
            what,
            f"median {median} ms, p95 {slowest} ms, {ratio:.2f} times, "
            f"{statements} statements" + (f", {blocks} blocks" if pages[-1].cost.blocks else ""),
            f"p95 ≤ {_SLOWEST} ms, ≤ {_RATIO} times",
        )
    section.notes.append(
        f"Each asked for {_TIMES} times, at one size after the other in turn, by a client in the "
        "process that serves. A fiftieth of the contracts is under way."
    )
    return section


async def _walk(place: Place) -> list[Section]:
    """The questions of an operator, by clicks, where there is a browser."""
    executable = shutil.which("chromium")
    if executable is None:
        return []
    section = Section(f"The questions of docs/how-to/operate.md, clicked among {place.lives:,}")
    expect.set_options(timeout=_PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        async with looking(browser, "desktop-light") as page:
            await sign_in(page, place.url, BEGINS_AT, EMAIL)
            async for question, seconds in walk(page, place.url):
                section.add(question, f"{seconds:.1f} s")
        await browser.close()
    section.notes.append("From the first click until the answer stands on the page, in Chromium.")
    return [section]
