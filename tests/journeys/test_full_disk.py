"""The disk of the database is full: callers are told, nothing is lost, and all goes on by itself."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from tests.console.visitor import PASSWORD, visiting
from tests.journeys.places import GOES_ON_WITHIN, OPTIONS, Place, running_place
from tests.journeys.processes import Processes
from tests.world import until
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder
from tramita.kit.embedded.server import PostgresDidNotStart

# Two segments of the log beside the cluster's own 40 MB.
SIZE = "160m"
ANA = "ana@example.com"
SPARING = OPTIONS | {"max_wal_size": "32MB", "min_wal_size": "32MB"}


@pytest.fixture
def volume() -> Iterator[Path]:
    """A small disk of our own."""
    with passing_folder("tramita-full-") as folder:
        data = folder / "postgres"
        data.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tramita-test", str(data)]
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"NO FULL DISK WAS TRIED: nothing may be mounted here ({done.stderr})")
        try:
            yield data
        finally:
            # Its processes may need a moment to be gone.
            subprocess.run(["umount", "--lazy", str(data)], check=True)


def fill(volume: Path) -> Path:
    """Leave no room; answers what takes it."""
    hog = volume / "hog"
    for block in (b"\0" * 65536, b"\0"):
        with suppress(OSError), hog.open("ab", buffering=0) as file:
            while file.write(block):
                pass
    return hog


@pytest.fixture
async def place(volume: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """A web and a worker whose database has a small disk."""
    async with running_place(volume, tmp_path, "web", "worker", options=SPARING) as place:
        async with place.tramita.database.unit_of_work() as work:
            await create_account(work, ANA, PASSWORD, Role.OPERATOR)
        yield place


async def use_up_log(place: Place) -> None:
    """Have the server's own log find no room: the server ends, and cannot start."""
    admin = await place.tramita.database.connect()
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        while True:
            await admin.execute("SELECT pg_logical_emit_message(true, '', repeat('a', 4000000))")
    admin.terminate()


@dataclass
class Customers:
    """Customers that a partner adds, each under a key of its own."""

    place: Place
    refused: list[str] = field(default_factory=list)
    refusals: set[tuple[int, str, bool]] = field(default_factory=set)
    added: int = 0

    async def add(self, key: str) -> bool:
        """Try once; whether there was an answer that it is there."""
        name = {"name": "Ana " * 40 + "Souza"}
        headers = {"Idempotency-Key": key}
        async with self.place.tramita.api.post(
            "/api/v1/customers", json=name, headers=headers
        ) as answer:
            said = await answer.json(content_type=None)
        if answer.status == 201:
            self.added += 1
            return True
        self.refused.append(key)
        self.refusals.add((answer.status, said["code"], "Retry-After" in answer.headers))
        return False

    async def are_refused(self) -> bool:
        """One more, under a new key."""
        return not await self.add(uuid4().hex)

    async def are_taken_again(self) -> bool:
        """Whatever was refused, under its own key."""
        again, self.refused = self.refused, []
        return all([await self.add(key) for key in again])


async def readiness(tramita: Processes) -> tuple[int, str]:
    """What a probe hears."""
    async with tramita.api.get("/health/ready") as answer:
        return answer.status, (await answer.json())["checks"]["database"]


class TestAFullDisk:
    async def test_is_told_and_overcome(self, place: Place, volume: Path) -> None:
        """503 until there is room; then all that was begun is done, and what was refused is taken."""
        customers = Customers(place)
        async with visiting(place.tramita.url) as ana:
            assert 303 == (await ana.sign_in(ANA)).status
            await place.make(3)
            hog = fill(volume)
            await until(customers.are_refused, deadline=GOES_ON_WITHIN)
            page = await ana.get("/console/operations")
        code, said = await place.tramita.run("check")

        assert "The database is not writable: DiskFullError." in page.text
        assert (1, True) == (code, "The database is not writable: DiskFullError" in said), said
        assert (503, "not writable: DiskFullError") == await readiness(place.tramita)

        async def is_logged() -> bool:
            return "No space left on device" in place.tramita.written()

        await until(is_logged, deadline=GOES_ON_WITHIN)
        await _is_overcome(place, customers, hog)

    @pytest.mark.soak
    async def test_that_ends_the_server_is_overcome_too(self, place: Place, volume: Path) -> None:
        """PostgreSQL cannot even start then; it does, once there is room."""
        customers = Customers(place)
        made = await place.make(1)
        assert made is not None
        await place.until_over(made)
        await place.make(3)
        hog = fill(volume)
        await use_up_log(place)

        await until(customers.are_refused, deadline=GOES_ON_WITHIN)
        with pytest.raises(PostgresDidNotStart) as refused:
            await asyncio.to_thread(EmbeddedPostgres.start, volume)
        assert f"There is no room left on the disk of {volume}." == refused.value.reason
        assert 503 == (await readiness(place.tramita))[0]
        code, said = await place.tramita.run("check")
        assert 1 <= code, said
        await _is_overcome(place, customers, hog)


class TestAFullDiskOfTheLog:
    async def test_stops_nobody(self, tramita: Processes) -> None:
        """What cannot be written is not; the web serves, and ends as it should."""
        with Path("/dev/full").open("wb") as full:
            # Python itself writes to it at the end, so none that was forked will do.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from tramita.cli.main import main; main()", "web"),
                env=tramita.environment,
                stdout=full,
                stderr=full,
            )

        async def is_served() -> bool:
            with suppress(aiohttp.ClientError):
                return await readiness(tramita) == (200, "ok")
            return False

        try:
            await until(is_served, deadline=120)
            async with tramita.api.post("/api/v1/customers", json={"name": "Ana"}) as answer:
                assert 201 == answer.status
        finally:
            process.terminate()
            async with asyncio.timeout(60):
                code = await process.wait()
        assert 0 == code


async def _is_overcome(place: Place, customers: Customers, hog: Path) -> None:
    hog.unlink()
    await until(customers.are_taken_again, deadline=GOES_ON_WITHIN)
    await place.make(1)
    await place.until_all_done(deadline=GOES_ON_WITHIN)
    assert {(503, "database_unreachable", True)} == customers.refusals
    assert customers.added == await _count_customers(place)

    async def is_ready() -> bool:
        return (200, "ok") == await readiness(place.tramita)

    # What a look saw counts for a second: the last one may be of before there was room.
    await until(is_ready, deadline=GOES_ON_WITHIN)


async def _count_customers(place: Place) -> int:
    rows = await place.fetch("SELECT count(*) AS n FROM customers")
    assert rows is not None
    count: int = rows[0]["n"]
    return count
