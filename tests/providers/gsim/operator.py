"""GSIM on a loopback socket, and its control plane, for tests of whoever calls it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from tests.kept_simulators import SIMULATORS
from tramita.kit.exchange import Exchange
from tramita.kit.provider import Connection
from tramita.kit.settings import Settings
from tramita.providers.gsim.gateway import GSIMGateway, make_gateway
from tramita.providers.gsim.settings import GSIMSettings
from tramita.providers.gsim.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.testing.control import VendorControl


@dataclass
class GSIMControl(VendorControl):
    """GSIM's, with the address of its API."""

    key: str = "gsim"
    url: str = field(kw_only=True)

    async def asked(self, operation: str) -> list[dict[str, Any]]:
        """The requests of one operation, as the journal there has them."""
        return [one for one in await self.journal() if one["operation"] == operation]


@asynccontextmanager
async def running_gsim(directory: Path) -> AsyncIterator[GSIMControl]:
    """A fresh GSIM until the block ends."""
    async with AsyncExitStack() as stack:
        simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=directory))
        url = await stack.enter_async_context(running_simulators([simulator]))
        session = await stack.enter_async_context(aiohttp.ClientSession(url))
        yield GSIMControl(session, url=f"{url}/gsim")


@asynccontextmanager
async def opened(url: str, **settings: Any) -> AsyncIterator[GSIMGateway]:
    """The gateway to whatever listens at ``url``."""
    async with Exchange("gsim", url, deadline=timedelta(seconds=30)) as exchange:
        yield make_gateway(Connection(exchange, GSIMSettings(**settings), Settings()))
