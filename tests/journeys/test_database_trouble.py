"""PostgreSQL goes away under load, once or all the time: nothing is held, nothing is lost."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import aiohttp
import asyncpg
import pytest

from tests.conftest import CARELESS, folder_in_memory
from tests.journeys.processes import Processes, processes
from tests.world import envelope, until
from tramita.kit.database.embedded import EmbeddedPostgres, passing_folder
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.transient import is_transient

# What was committed outlives the server, though not the machine.
OPTIONS: Final = CARELESS | {"synchronous_commit": "on"}
# Of the soak; half an hour unless somebody wants it shorter.
MINUTES: Final = float(os.environ.get("TRAMITA_SOAK_MINUTES", "30"))
# After PostgreSQL is back, in seconds; the machine may be busy with other tests.
GOES_ON_WITHIN: Final = 60
AT_ONCE: Final = 4

_OPEN: Final = """
    SELECT concat_ws(' ', kind, state, reason) AS what, count(*) AS n FROM operations
    WHERE state NOT IN ('SUCCEEDED', 'REFUSED') GROUP BY 1
    UNION ALL SELECT concat_ws(' ', entrypoint, status), count(*) FROM pgqueuer
    WHERE status = 'failed' OR execute_after < now() GROUP BY 1
    UNION ALL SELECT 'runs', count(*) FROM envelopes WHERE run_left > 0 HAVING count(*) > 0
    UNION ALL SELECT 'messages', count(*) FROM inbox WHERE processed_at IS NULL HAVING count(*) > 0
"""


@dataclass
class Place:
    """Processes of Tramita on a server of their own."""

    directory: Path
    server: EmbeddedPostgres
    tramita: Processes
    tokens: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    async def make(self, contracts: int) -> UUID | None:
        """One envelope whose link was asked for; a web that cannot now is asked again."""
        body = envelope(portabilities=contracts)
        while True:
            async with self.tramita.api.post("/api/v1/envelopes", json=body) as answer:
                said = await answer.json(content_type=None)
            if answer.status == 201:
                break
            self.refused[f"{answer.status} {said.get('code')}"] += 1
            if said.get("code") == "contract_number_taken":
                return None  # It was made, and the answer was lost: somebody else's test.
        token = said["token"]
        self.tokens.append(token)
        while True:
            path = "/api/contratos/formalizacao/enviar-link/"
            async with self.tramita.api.post(path, json={"token": token}) as answer:
                if answer.status == 200:
                    return UUID(token)
            self.refused[f"{answer.status} link"] += 1

    async def fetch(self, query: str, *arguments: object) -> Sequence[asyncpg.Record] | None:
        """The rows of a statement; none at all while the database is away."""
        try:
            return await self.tramita.database.fetch(query, *arguments)
        except Exception as error:
            if is_transient(error):
                return None
            raise

    async def until_over(self, token: UUID) -> None:
        """Wait until the run of an envelope is over, however long the database is away."""

        async def is_so() -> bool:
            rows = await self.fetch("SELECT run_left FROM envelopes WHERE token = $1", token)
            return rows is not None and rows[0]["run_left"] == 0

        await until(is_so, deadline=GOES_ON_WITHIN)

    async def until_all_done(self, *, deadline: float) -> None:
        """Wait until everything that was begun has come to its end."""
        seen: Sequence[asyncpg.Record] | None = None

        async def is_so() -> bool:
            nonlocal seen
            seen = await self.fetch(_OPEN)
            return seen is not None and not seen

        try:
            await until(is_so, deadline=deadline)
        except TimeoutError:
            raise AssertionError(seen) from None


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Where the server of this module lives."""
    with passing_folder("tramita-troubled-", below=folder_in_memory()) as folder:
        yield folder


@pytest.fixture
async def place(directory: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """One web and two workers on a server that a test may maltreat; all is kept in the end."""
    data = directory / tmp_path.name
    server = await asyncio.to_thread(EmbeddedPostgres.start, data, options=OPTIONS)
    database = Database.open(server.url(), pool_size=2)
    try:
        await migrate(database)
        async with processes(database, server.url(), tmp_path) as tramita:
            # A busy machine is not to look like a slow bank.
            tramita.environment["TRAMITA_QITECH_DEADLINE"] = "10"
            for role in ("web", "worker", "worker"):
                await tramita.start(role)
            place = Place(data, server, tramita)
            yield place
            server = place.server
            await _is_kept(place)
    finally:
        await database.close()
        server.close()


async def _is_kept(place: Place) -> None:
    """Every process is there still, nothing is broken, and each contract is at the bank once."""
    assert {None} == {one.returncode for one in place.tramita.running}, place.tramita.written()
    # It asks the bank about each of thousands of contracts.
    code, said = await place.tramita.run("check", deadline=10 * GOES_ON_WITHIN)
    assert code == 0, said
    rows = await place.tramita.database.fetch(
        "SELECT portability_status AS status, count(*) AS n FROM envelope_contracts GROUP BY 1"
    )
    created = await place.tramita.qitech.created()
    assert {"FORMALIZACAO_CLIENTE": created.total()} == {row["status"]: row["n"] for row in rows}
    assert {1} == set(created.values())


async def stop(place: Place) -> None:
    """A restart: the server stops at once, and is away until everybody has noticed."""
    seen = place.tramita.written().count("worker_lost_database")
    place.server.close()

    async def is_noticed() -> bool:
        return place.tramita.written().count("worker_lost_database") >= seen + 2

    await until(is_noticed)
    place.server = await asyncio.to_thread(EmbeddedPostgres.start, place.directory, options=OPTIONS)


async def end_at_once(place: Place) -> None:
    """An immediate shutdown; whoever uses the server starts it again."""
    os.kill(_postmaster(place), signal.SIGQUIT)


async def kill(place: Place) -> None:
    """kill -9 of the postmaster."""
    os.kill(_postmaster(place), signal.SIGKILL)


def _postmaster(place: Place) -> int:
    return int((place.server.home / "cluster/postmaster.pid").read_text().split()[0])


class TestARestartUnderLoad:
    @pytest.mark.soak
    @pytest.mark.parametrize("trouble", [stop, end_at_once, kill])
    async def test_holds_nothing_and_strands_nothing(
        self, place: Place, trouble: Callable[[Place], Awaitable[None]]
    ) -> None:
        """At any moment after the link, all goes on by itself."""
        for prepared in (8, 40, 80, 120, 150):
            async with asyncio.timeout(60):
                await asyncio.gather(*(place.make(20) for _ in range(8)))

            async def is_under_way(wanted: int = prepared) -> bool:
                rows = await place.fetch(
                    "SELECT count(*) AS n FROM operations WHERE state = 'SUCCEEDED' "
                    "AND subject_id IN (SELECT id FROM envelope_contracts "
                    "WHERE envelope_id IN (SELECT id FROM envelopes WHERE token = ANY($1::uuid[])))",
                    place.tokens[-8:],
                )
                return rows is not None and rows[0]["n"] >= wanted

            await until(is_under_way, deadline=GOES_ON_WITHIN)
            await trouble(place)
            await place.until_all_done(deadline=GOES_ON_WITHIN)


class TestBackendsThatAreTerminated:
    @pytest.mark.soak
    async def test_hold_and_lose_nothing_however_long(self, place: Place) -> None:
        """One at random each second, under load."""
        ends_at = time.monotonic() + 60 * MINUTES
        dice = random.Random(20261129)

        async def load() -> None:
            while time.monotonic() < ends_at:
                made = None
                with suppress(aiohttp.ClientError, OSError):
                    made = await place.make(dice.randint(1, 10))
                if made is not None:
                    await place.until_over(made)

        async def terminate() -> None:
            admin = await place.tramita.database.connect()
            while time.monotonic() < ends_at:
                # The server waits for us: tests do not.
                await admin.execute("SELECT pg_sleep(1)")
                await admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
                    "ORDER BY random() LIMIT 1"
                )
            await admin.close()

        await asyncio.gather(terminate(), *(load() for _ in range(AT_ONCE)))
        await place.until_all_done(deadline=5 * GOES_ON_WITHIN)

        assert len(place.tokens) > 10 * MINUTES
