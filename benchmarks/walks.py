"""Random walks of many seeds, each on an installation of its own; a seed that fails is named."""

import asyncio
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from tests.journeys.processes import processes
from tests.journeys.random_walk import Walker, draw_walk
from tests.journeys.rest import come_to_rest, verdict
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres


def take_walks(seeds: Sequence[int], *, contracts: int) -> list[int]:
    """Walk every seed and print how it ended; answers the seeds that failed."""
    return [seed for seed in seeds if not _is_sound(seed, contracts)]


def _is_sound(seed: int, contracts: int) -> bool:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tramita-walk-") as name:
        folder = Path(name)
        server = EmbeddedPostgres.start(folder / "postgres")
        try:
            ends = asyncio.run(_walk(seed, contracts, folder, server.url()))
        except (AssertionError, TimeoutError, aiohttp.ClientError):
            traceback.print_exc()
            print(f"seed {seed} FAILED; its walk was:", *draw_walk(seed, contracts=contracts))
            print((folder / "processes.log").read_text()[-4_000:], file=sys.stderr)
            return False
        finally:
            server.close()
    print(f"seed {seed}: {contracts} contracts, {time.monotonic() - started:.0f} s: {ends}")
    return True


async def _walk(seed: int, contracts: int, folder: Path, address: str) -> str:
    database = Database.open(address)
    try:
        await migrate(database)
        async with processes(database, address, folder) as tramita:
            _, *workers = await asyncio.gather(*map(tramita.start, ("web", *["worker"] * 3)))
            walker = Walker(tramita, seed, workers)
            await walker.make_trouble()
            for step in draw_walk(seed, contracts=contracts):
                await walker.take(step)
            await come_to_rest(walker)
            ends = await verdict(walker)
    finally:
        await database.close()
    return ", ".join(f"{count} {place}" for place, count in ends.most_common())
