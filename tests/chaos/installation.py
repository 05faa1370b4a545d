"""Tramita and its outside world as separate processes, each watched over and started again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.chaos.postgres import Postgres
from tests.installed import Place, until_ready
from tests.nursery import NURSERY, Child
from tests.world import SCOPES

# A day's time in seconds; nothing of it changes what is promised.
SETTINGS: Final = {
    "QITECH_DEADLINE": "3",
    "SIGAN_DEADLINE": "3",
    "GSIM_DEADLINE": "3",
    "OPERATION_GRACE": "2",
    "HEARTBEAT_TIMEOUT": "2",
    "DEQUEUE_TIMEOUT": "0.5",
    "PORTABILITY_ASK_AFTER": "0.3",
    "PORTABILITY_NOT_FOUND_FOR": "4",
    "PORTABILITY_WEBHOOK_WAIT": "5",
    "PORTABILITY_MESSAGE_PAUSE": "0.3",
    "PORTABILITY_POLL_SPREAD": "1",
    "NUMBERING_ASK_AFTER": "0.3",
    "NUMBERING_HOLD_GRACE": "3",
    "NUMBERING_LINE_GRACE": "3",
    "GSIM_ASK_AGAIN": "1",
}
WORKERS: Final = 2
# Whoever watches over processes starts a dead one again after a moment.
_RESTART_AFTER: Final = 0.4
_START_SECONDS: Final = 180
_STOP_SECONDS: Final = 90


@dataclass
class Watched:
    """One process that is started again whenever it ends; ``ends`` are those of its own doing."""

    name: str
    role: str
    environment: dict[str, str]
    log: Path
    ends: list[int] = field(default_factory=list)
    is_wanted: bool = True
    process: Child | None = None
    _was_killed: bool = False

    async def watch(self) -> None:
        """Keep it running until it is no longer wanted."""
        while self.is_wanted:
            with self.log.open("ab") as log, Path(os.devnull).open("wb") as nobody:
                self.process = await NURSERY.start(
                    self.role, environment=self.environment, stdout=nobody, stderr=log
                )
            self._was_killed = False
            code = await self.process.wait()
            if not self._was_killed:
                self.ends.append(code)
            if self.is_wanted:
                await pause(_RESTART_AFTER)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if there is a process to hear it."""
        if self.process is not None and self.process.returncode is None:
            self._was_killed |= number == signal.SIGKILL
            self.process.send_signal(number)

    def written(self) -> str:
        """Everything it has logged."""
        return self.log.read_text("utf-8") if self.log.exists() else ""


@dataclass
class Installation:
    """Everything that runs: a database, simulators, one web and two workers."""

    postgres: Postgres
    folder: Path
    environment: dict[str, str]
    url: str
    simulators_url: str
    web: Watched
    workers: list[Watched]
    simulators: Watched
    token: str = ""
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def own(self) -> list[Watched]:
        """The processes of Tramita."""
        return [self.web, *self.workers]

    def begin(self, *watched: Watched) -> None:
        """Start processes, and watch over them."""
        self.tasks += [asyncio.create_task(one.watch()) for one in watched]

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; its exit code and what it said."""
        process = await NURSERY.start(*arguments, environment=self.environment)
        try:
            async with asyncio.timeout(120):
                return await process.communicate()
        finally:
            process.kill()
            await process.wait()

    async def stop(self) -> list[str]:
        """SIGTERM to all of Tramita; who does not end well, and in time."""
        for one in self.own:
            one.is_wanted = False
            one.ends.clear()
            one.signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                while any(_is_running(one) for one in self.own):
                    await pause(0.02)
        return [
            f"{one.name} ends with {one.ends or 'nothing'} when it is told to stop"
            for one in self.own
            if one.ends not in ([0], [])
        ] + [f"{one.name} does not obey SIGTERM" for one in self.own if _is_running(one)]

    async def close(self) -> None:
        """End everything, whatever state it is in."""
        for one in (*self.own, self.simulators):
            one.is_wanted = False
            one.signal(signal.SIGCONT)
            one.signal(signal.SIGKILL)
        await asyncio.gather(*self.tasks)
        await self.postgres.stop("immediate")


@asynccontextmanager
async def running_installation(folder: Path) -> AsyncIterator[Installation]:
    """A database with its schema and everything beside it, ready; ended with the block."""
    async with AsyncExitStack() as stack:
        postgres = await Postgres.make(folder / "postgres")
        here = Place(folder, postgres.url)
        environment = here.environment(SETTINGS)

        def watched(name: str, role: str) -> Watched:
            return Watched(name, role, environment, folder / f"{name}.log")

        installation = Installation(
            postgres,
            folder,
            environment,
            here.url,
            here.simulators_url,
            watched("web", "web"),
            [watched(f"worker-{number}", "worker") for number in range(WORKERS)],
            watched("simulators", "simulators"),
        )
        stack.push_async_callback(installation.close)
        # All at once: whoever comes first makes the schema.
        installation.begin(installation.simulators, *installation.own)
        installation.token, *_ = await asyncio.gather(
            _create_token(installation),
            until_ready(f"{here.url}/health/ready", within=_START_SECONDS),
            until_ready(f"{here.simulators_url}/qitech/__sim/state", within=_START_SECONDS),
        )
        yield installation


async def _create_token(installation: Installation) -> str:
    scopes = [part for scope in sorted(set(SCOPES)) for part in ("--scope", scope)]
    code, said = await installation.run("tokens", "create", "--name", "chaos", *scopes)
    assert code == 0, said
    return said.strip().splitlines()[-1]


async def pause(seconds: float) -> None:
    """Let the others have the processor for a while."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)


def _is_running(one: Watched) -> bool:
    return one.process is not None and one.process.returncode is None
