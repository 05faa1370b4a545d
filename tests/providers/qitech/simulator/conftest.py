"""QI Tech on a real socket with a partner in front of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.kept_simulators import SIMULATORS
from tests.providers.qitech.simulator.partner import Partner
from tramita.providers.qitech.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings


@pytest.fixture
async def partner(tmp_path: Path) -> AsyncIterator[Partner]:
    """A partner that signs v2, and a fresh QI Tech."""
    simulator = SIMULATORS.make(make_simulator, SimulatorSettings(keys_directory=tmp_path))
    async with running_simulators([simulator]) as url, aiohttp.ClientSession() as session:
        yield Partner(session, url, tmp_path / "qitech")
