"""GSIM on a real socket with a client in front of it, and a server that it calls back."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.providers.gsim.simulator.subscriber import Subscriber
from tests.simulation.receiver import Receiver, running_receiver
from tramita.providers.gsim.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings


@pytest.fixture
async def gsim(tmp_path: Path) -> AsyncIterator[Subscriber]:
    """A fresh GSIM and its client."""
    simulator = make_simulator(SimulatorSettings(keys_directory=tmp_path))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession() as session:
        yield Subscriber(session, url, simulator)


@pytest.fixture
async def receiver(gsim: Subscriber) -> AsyncIterator[Receiver]:
    """The server that subscribes to callbacks."""
    async with running_receiver("/webhooks/gsim") as receiver:
        await gsim.control("POST", "webhooks", {"url": receiver.url})
        yield receiver
