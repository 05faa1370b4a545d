"""Telegram on a real socket, a bot of the tests' own, and a server that updates are posted to."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from tests.kept_simulators import SIMULATORS
from tests.providers.telegram.simulator.bot import Bot
from tests.simulation.receiver import Receiver, running_receiver
from tramita.providers.telegram.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    """A simulator, and connections to it."""
    folder = tmp_path_factory.mktemp("keys")
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=folder))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession(url) as session:
        yield Bot(session, "", simulator)


@pytest_asyncio.fixture(loop_scope="module")
async def bot(served: Bot) -> Bot:
    """Telegram as it is at first, and its bot."""
    await served.vendor.reset(seed=7)
    return served


@pytest_asyncio.fixture(loop_scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    """The server that updates are posted to, once somebody says so."""
    async with running_receiver("/hook") as receiver:
        yield receiver
