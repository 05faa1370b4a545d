"""A worker in a process of its own, whose jobs write into the database it is robbed of."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

from tests.databases import opened
from tramita.kit.database.engine import Database
from tramita.kit.jobs import Job, Schedule, Worker
from tramita.kit.logs import set_up_logs

ROOT = Path(__file__).parents[2]
GRACE = timedelta(seconds=3)
HEARTBEAT = timedelta(seconds=3)
TABLE = "CREATE TABLE IF NOT EXISTS written (line text NOT NULL)"


async def write(database: Database, line: str) -> None:
    """Write one line, in a transaction that lasts a moment."""
    async with database.unit_of_work() as work:
        await work.fetch("SELECT pg_sleep(0.2)")
        await work.fetch("INSERT INTO written VALUES ($1)", line)
    sys.stdout.write(f"wrote {line}\n")
    sys.stdout.flush()


async def tick(database: Database) -> None:
    """Write that time goes by."""
    await write(database, "tick")


WRITE: Job[Database] = Job("kit.write", write)
TICK: Schedule[Database] = Schedule("kit.tick_often", "* * * * * */1", tick)


async def main(dsn: str) -> None:
    """Work until told to stop."""
    set_up_logs("INFO")
    async with opened(dsn, pool_size=3) as database:
        worker = Worker(
            database.dsn, database, [WRITE], [TICK], heartbeat_timeout=HEARTBEAT, grace=GRACE
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
