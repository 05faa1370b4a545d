"""Sigan on a real socket with an operator in front of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.kept_simulators import SIMULATORS
from tests.providers.sigan.simulator.caller import Caller
from tramita.providers.sigan.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    """A caller with the right token, and a fresh Sigan."""
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=tmp_path))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession() as session:
        yield Caller(session, url)
