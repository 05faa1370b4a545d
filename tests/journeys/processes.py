"""Tramita as real processes, to be killed; the outside world stays in the test's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.control import QITechControl
from tests.installed import Place, free_port
from tests.nursery import NURSERY, Child
from tests.world import SCOPES, Tramita
from tramita.kit.database.engine import Database
from tramita.kit.settings import Mode, Settings
from tramita.kit.tokens import create_token
from tramita.simulation.server import running_simulators
from tramita.web.simulators import make_simulators

# How long QI Tech must go on saying that there is nothing, here.
NOT_FOUND_FOR = 1.0
# A lost call is noticed within seconds, a dead worker too; and nobody is patient.
QUICK = {
    "QITECH_DEADLINE": "2",
    "OPERATION_GRACE": "1",
    "HEARTBEAT_TIMEOUT": "2",
    "DEQUEUE_TIMEOUT": "0.2",
    "PORTABILITY_ASK_AFTER": "0.2",
    "PORTABILITY_NOT_FOUND_FOR": str(NOT_FOUND_FOR),
    "PORTABILITY_WEBHOOK_WAIT": "5",
    "PORTABILITY_OUTAGE_WAIT": "600",
    "PORTABILITY_MESSAGE_PAUSE": "0.2",
    "PORTABILITY_POLL_SPREAD": "1",
}


@dataclass
class Processes(Tramita):
    """Processes on one database; ``environment`` is what each is started with."""

    environment: dict[str, str]
    log: Path
    qitech: QITechControl
    database: Database
    token: str
    running: list[Child] = field(default_factory=list)

    async def start(self, role: str) -> Child:
        """Start ``tramita <role>``; one that serves HTTP answers when this returns."""
        with self.log.open("ab") as log:
            process = await NURSERY.start(role, environment=self.environment, stderr=log)
        self.running.append(process)
        if role != "worker":
            assert process.stdout is not None
            async with asyncio.timeout(120):
                said = await process.stdout.readline()
            assert said.startswith(b"Tramita: http"), self.log.read_text()
        return process

    async def kill(self, process: Child) -> None:
        """``kill -9``; one that has ended by itself is let go of."""
        process.kill()
        await process.wait()
        self.running.remove(process)

    async def run(self, *arguments: str, deadline: float = 300) -> tuple[int, str]:
        """Run a command to its end, within ``deadline`` seconds; answers exit code and output."""
        process = await self.begin(*arguments)
        async with asyncio.timeout(deadline):
            ended = await process.communicate()
        self.running.remove(process)
        return ended

    async def begin(self, *arguments: str) -> Child:
        """Begin a command."""
        process = await NURSERY.start(*arguments, environment=self.environment)
        self.running.append(process)
        return process

    def written(self) -> str:
        """Everything that was logged until now."""
        return self.log.read_text() if self.log.exists() else ""

    async def contracts(self, tokens: list[str]) -> list[dict[str, Any]]:
        """Every contract of these envelopes as its partner sees it."""
        return [one for token in tokens for one in await self.partner_view(token)]


@asynccontextmanager
async def processes(database: Database, address: str, directory: Path) -> AsyncIterator[Processes]:
    """Simulators and no process yet; whatever was started is killed in the end."""
    async with AsyncExitStack() as stack:
        port = free_port()
        settings = Settings(data_dir=directory, mode=Mode.DEMO, port=port)
        simulators = await stack.enter_async_context(running_simulators(make_simulators(settings)))
        here = Place(directory, address, port, int(simulators.rsplit(":", 1)[1]))
        async with database.unit_of_work() as work:
            token = await create_token(work, "test", SCOPES)
        api = await stack.enter_async_context(
            # A killed server leaves dead connections in a pool.
            aiohttp.ClientSession(
                here.url,
                headers={"Authorization": f"Bearer {token}"},
                connector=aiohttp.TCPConnector(force_close=True),
            )
        )
        control = await stack.enter_async_context(aiohttp.ClientSession(simulators))
        log = directory / "processes.log"
        environment = here.environment(QUICK)
        world = Processes(here.url, api, environment, log, QITechControl(control), database, token)
        try:
            yield world
        finally:
            await asyncio.gather(*map(world.kill, list(world.running)))
