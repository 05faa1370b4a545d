"""The console's pages at several numbers of contracts, asked for as a browser asks.

``python -m benchmarks console [--lives 10000,1000000]``. For each number a database is filled by
SQL with contracts on every journey, their operations, histories, exchanges, messages and what
partners were told; then each page is asked for over HTTP, and its statements are counted.
"""

import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import aiohttp

from benchmarks.lives import Shape, make_lives
from benchmarks.report import Section, percentile
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

PAGES: Final[Mapping[str, str]] = {
    "overview": "/console/",
    "contracts, newest first": "/console/contracts",
    "contracts that stand longest": "/console/contracts?order=longest",
    "contracts of a journey under way": "/console/contracts?journey=portability&stage=under_way",
    "contracts in a stage": "/console/contracts?journey=orders&stage=to_sign&order=longest",
    "contracts of a provider": "/console/contracts?provider=sigan",
    "contracts that have stood for 30 days": "/console/contracts?stood=month",
    "contracts of a partner": "/console/contracts?partner=rare",
    "what needs attention": "/console/attention",
    "providers": "/console/providers",
    "operations": "/console/operations",
    "operations that ended": "/console/operations?state=succeeded",
    "orders": "/console/orders",
    "exchanges": "/console/exchanges",
    "exchanges that were refused": "/console/exchanges?outcome=refused",
    "exchanges of a kind": "/console/exchanges?provider=sigan&kind=numbering.reserve_numbers",
    "messages": "/console/messages",
    "messages put aside": "/console/messages?standing=aside",
    "deliveries": "/console/deliveries",
    "deliveries that failed": "/console/deliveries?standing=failed",
    "jobs": "/console/jobs",
}
_SHAPE: Final = Shape(jobs=1, messages=2, moves=4, exchanges=2)
_TIMES: Final = 40
_EMAIL, _PASSWORD = "operator@example.com", "correct horse battery"
_CSRF: Final = re.compile(r'name="csrf_token" value="(\w+)"')


@dataclass(frozen=True)
class Page:
    """What one page took, in milliseconds, and how many statements it ran."""

    median: float
    slowest: float
    statements: int


async def measure_console(
    server: EmbeddedPostgres, folder: Path, numbers: list[int]
) -> list[Section]:
    """One section: each page at each number of contracts."""
    found: list[dict[str, Page]] = []
    for lives in numbers:
        name = f"console_{lives}"
        admin = Database.open(server.url())
        await admin.fetch(f"CREATE DATABASE {name}")
        await admin.close()
        await _fill(server.url(name), lives)
        async with _visiting(server.url(name), folder / name) as (runtime, session):
            found.append({what: await _ask(runtime, session, at) for what, at in PAGES.items()})
    return [_tell(numbers, found)]


async def _fill(url: str, lives: int) -> None:
    database = Database.open(url)
    try:
        await migrate(database)
        connection = await database.connect()
        began = time.monotonic()
        await make_lives(connection, lives, shape=_SHAPE, of_each=True)
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
        print(f"{lives:,} lives made in {time.monotonic() - began:.0f} s", flush=True)
        async with database.unit_of_work() as work:
            await create_account(work, _EMAIL, _PASSWORD, Role.OPERATOR)
    finally:
        await database.close()


@asynccontextmanager
async def _visiting(url: str, folder: Path) -> AsyncIterator[tuple[Runtime, aiohttp.ClientSession]]:
    """Somebody who is signed in."""
    settings = Settings(data_dir=folder, mode=Mode.DEMO, simulators_port=9, log_level="WARNING")
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        running_runtime(settings, url) as runtime,
        running_web(runtime, listen("127.0.0.1", 0)) as web,
        aiohttp.ClientSession(web.url, cookie_jar=jar) as session,
    ):
        runtime.configure(WebSettings(requests_per_second=0, misses_per_minute=0))
        async with session.get("/console/login") as answer:
            token = _CSRF.search(await answer.text())
        assert token is not None
        form = {"csrf_token": token[1], "email": _EMAIL, "password": _PASSWORD, "next": "/console"}
        async with session.post("/console/login", data=form, allow_redirects=False) as answer:
            assert answer.status == HTTPStatus.SEE_OTHER
        yield runtime, session


async def _ask(runtime: Runtime, session: aiohttp.ClientSession, address: str) -> Page:
    took = []
    for _ in range(_TIMES + 5):
        began = time.monotonic()
        async with session.get(address) as answer:
            await answer.read()
            assert answer.status == HTTPStatus.OK, (address, answer.status)
        took.append((time.monotonic() - began) * 1000)
    kept = took[5:]
    statements = await _count(runtime, session, address)
    return Page(percentile(kept, 0.5), percentile(kept, 0.95), statements)


async def _count(runtime: Runtime, session: aiohttp.ClientSession, address: str) -> int:
    """Statements of one page, whichever connection runs them."""
    told: list[Any] = []
    pool = runtime.database.pool
    connections = [await pool.take() for _ in range(pool.size)]
    for one in connections:
        one.driver.add_query_logger(told.append)
    for one in connections:
        pool.give_back(one)
    async with session.get(address) as answer:
        await answer.read()
    for one in connections:
        one.driver.remove_query_logger(told.append)
    return len(told)


def _tell(numbers: list[int], found: list[dict[str, Page]]) -> Section:
    among = " and ".join(f"{one:,}" for one in numbers)
    section = Section(f"The console's pages among {among} contracts")
    for what in PAGES:
        pages = [one[what] for one in found]
        median = " / ".join(f"{one.median:.0f}" for one in pages)
        slowest = " / ".join(f"{one.slowest:.0f}" for one in pages)
        statements = " / ".join(str(one.statements) for one in pages)
        ratio = pages[-1].median / pages[0].median
        section.add(
            what,
            f"median {median} ms, p95 {slowest} ms, {ratio:.2f} times, {statements} statements",
            "p95 ≤ 200 ms, ≤ 1.2 times",
        )
    section.notes.append(
        f"Each asked for {_TIMES} times, one after another, by a client in the process that serves. "
        "A fiftieth of the contracts is under way."
    )
    return section
