"""GSIM on a loopback socket, and its control plane, for tests of whoever calls it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from tramita.kit.exchange import Exchange
from tramita.kit.provider import Connection
from tramita.kit.settings import Settings
from tramita.providers.gsim.gateway import GSIMGateway, make_gateway
from tramita.providers.gsim.settings import GSIMSettings
from tramita.providers.gsim.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings


@dataclass
class GSIMControl:
    """The simulator's control plane."""

    session: aiohttp.ClientSession
    url: str

    async def fail(self, operation: str, kind: str, **fault: Any) -> None:
        """Make an operation fail so; ``count=…``, ``match=…`` narrow it."""
        await self._post("faults", {"operation": operation, "kind": kind, **fault})

    async def mend(self) -> None:
        """Let nothing fail any more."""
        async with self.session.delete(f"{self.url}/__sim/faults") as answer:
            assert answer.status < 300, await answer.text()

    async def operator(self, action: str, **arguments: Any) -> None:
        """Have the operator there act."""
        await self._post("act", {"actor": "operator", "action": action, **arguments})

    async def reset(self) -> None:
        """Forget everything: the list is the first one again."""
        await self._post("reset", {"seed": 7})

    async def asked(self, operation: str) -> list[dict[str, Any]]:
        """The requests of one operation, as the journal there has them."""
        async with self.session.get(f"{self.url}/__sim/journal?limit=10000") as answer:
            items: list[dict[str, Any]] = (await answer.json())["items"]
        return [one for one in items if one["operation"] == operation]

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        async with self.session.post(f"{self.url}/__sim/{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()


@asynccontextmanager
async def running_gsim(directory: Path) -> AsyncIterator[GSIMControl]:
    """A fresh GSIM until the block ends."""
    async with AsyncExitStack() as stack:
        simulator = make_simulator(SimulatorSettings(keys_directory=directory))
        url = await stack.enter_async_context(running_simulators([simulator]))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield GSIMControl(session, f"{url}/gsim")


@asynccontextmanager
async def opened(url: str, **settings: Any) -> AsyncIterator[GSIMGateway]:
    """The gateway to whatever listens at ``url``."""
    async with Exchange("gsim", url, deadline=timedelta(seconds=5)) as exchange:
        yield make_gateway(Connection(exchange, GSIMSettings(**settings), Settings()))
