"""PostgreSQL goes away under load, once or all the time: nothing is held, nothing is lost."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from tests.conftest import folder_in_memory
from tests.journeys.places import GOES_ON_WITHIN, OPTIONS, Place, running_place
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres, passing_folder

# Of the soak; half an hour unless somebody wants it shorter.
MINUTES: Final = float(os.environ.get("TRAMITA_SOAK_MINUTES", "30"))
AT_ONCE: Final = 4


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Where the server of this module lives."""
    with passing_folder("tramita-troubled-", below=folder_in_memory()) as folder:
        yield folder


@pytest.fixture
async def place(directory: Path, tmp_path: Path) -> AsyncIterator[Place]:
    """One web and two workers on a server that a test may maltreat."""
    data = directory / tmp_path.name
    async with running_place(data, tmp_path, "web", "worker", "worker") as place:
        yield place


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
