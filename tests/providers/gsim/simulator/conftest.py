"""GSIM on a real socket with a client in front of it, and a server that it calls back.

One GSIM serves all tests of a module, which share an event loop; each finds it anew.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.kept_simulators import SIMULATORS
from tests.providers.gsim.simulator.subscriber import Subscriber
from tests.simulation.receiver import Receiver, running_receiver
from tramita.providers.gsim.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Simulator, str, aiohttp.ClientSession]]:
    """A simulator, its address and connections to it."""
    folder: Path = tmp_path_factory.mktemp("keys")
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=folder))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession() as session:
        yield simulator, url, session


@pytest_asyncio.fixture(loop_scope="module")
async def gsim(served: tuple[Simulator, str, aiohttp.ClientSession]) -> Subscriber:
    """GSIM as it is at first, and its client."""
    simulator, url, session = served
    subscriber = Subscriber(session, url, simulator)
    await subscriber.control("POST", "reset", {"seed": 7})
    return subscriber


@pytest_asyncio.fixture(loop_scope="module")
async def receiver(gsim: Subscriber) -> AsyncIterator[Receiver]:
    """The server that subscribes to callbacks."""
    async with running_receiver("/webhooks/gsim") as receiver:
        await gsim.control("POST", "webhooks", {"url": receiver.url})
        yield receiver
        await gsim.control("POST", "webhooks", {"url": None})
