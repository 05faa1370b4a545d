"""Jobs for tests of the worker, and a process that runs them until it is killed."""

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg

from tramita.kit.jobs import Job, Schedule, Worker


@dataclass
class Notebook:
    """What jobs wrote down, and what they wait for."""

    lines: list[object] = field(default_factory=list)
    written: asyncio.Condition = field(default_factory=asyncio.Condition)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[BaseException] = field(default_factory=list)

    async def write(self, line: object) -> None:
        async with self.written:
            self.lines.append(line)
            self.written.notify_all()

    async def until(self, *lines: object, seconds: float = 60) -> None:
        """Return when all of ``lines`` have been written."""
        async with asyncio.timeout(seconds), self.written:
            await self.written.wait_for(lambda: all(one in self.lines for one in lines))


async def note(notebook: Notebook, line: str) -> None:
    await notebook.write(line)


async def note_types(
    notebook: Notebook, id_: UUID, day: date, amount: Decimal, *, names: list[str], far: bool = True
) -> None:
    await notebook.write((id_, day, amount, names, far))


async def note_slowly(notebook: Notebook, line: str) -> None:
    await notebook.write(f"began {line}")
    await notebook.gate.wait()
    await notebook.write(f"ended {line}")


async def fail(notebook: Notebook) -> None:
    await notebook.write("failing")
    raise ValueError("a bug")


async def fail_once(notebook: Notebook) -> None:
    if notebook.failures:
        raise notebook.failures.pop()
    await notebook.write("recovered")


async def tick(notebook: Notebook) -> None:
    await notebook.write("tick")


NOTE: Job[Notebook] = Job("kit.note", note)
NOTE_TYPES: Job[Notebook] = Job("kit.note_types", note_types)
NOTE_SLOWLY: Job[Notebook] = Job("kit.note_slowly", note_slowly, concurrency=2)
FAIL: Job[Notebook] = Job("kit.fail", fail)
FAIL_ONCE: Job[Notebook] = Job("kit.fail_once", fail_once)
JOBS = [NOTE, NOTE_TYPES, NOTE_SLOWLY, FAIL, FAIL_ONCE]
TICK: Schedule[Notebook] = Schedule("kit.tick", "* * * * * */1", tick)


def make_worker(dsn: str, notebook: Notebook, **options: object) -> Worker[Notebook]:
    """A worker for these jobs, as impatient as production's."""
    return Worker(dsn, notebook, JOBS, **options)  # type: ignore[arg-type]


async def _say_and_hang(dsn: str, line: str) -> None:
    """Tell the test that the job has begun, and never end it."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SELECT pg_notify('kit_tests', $1)", line)
    await asyncio.Event().wait()


async def main(dsn: str) -> None:
    """Take one job and hang in it, until this process is killed."""
    hang: Job[str] = Job("kit.note", _say_and_hang)
    await Worker(dsn, dsn, [hang], heartbeat_timeout=timedelta(seconds=10)).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
