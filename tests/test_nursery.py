"""Processes that are forked instead of started."""

import asyncio
import os
import signal
from pathlib import Path

from tests.installed import free_port
from tests.nursery import NURSERY, Child, Nursery


class TestChildren:
    async def test_run_with_what_they_are_given(self) -> None:
        """Arguments and environment are theirs, and so are what they say and how they end."""
        environment = os.environ | {"TRAMITA_DATABASE_URL": "nothing", "TRAMITA_MODE": "demo"}
        version, wrong = [
            await NURSERY.start(argument, environment=environment)
            for argument in ("--version", "check")
        ]

        code, said = await version.communicate()
        assert (0, "tramita ") == (code, said[:8])
        code, said = await wrong.communicate()
        assert code not in (0, 3)
        assert "TRAMITA_DATABASE_URL" in said

    async def test_die_by_signals(self, tmp_path: Path) -> None:
        """One that is killed says so, also when it was stopped; one that has ended hears nothing."""
        child = await _simulators(NURSERY, tmp_path)

        child.send_signal(signal.SIGSTOP)
        child.kill()

        assert -signal.SIGKILL == await child.wait() == child.returncode
        child.kill()

    async def test_end_with_their_nursery(self, tmp_path: Path) -> None:
        """Nothing is left running when a run is over."""
        nursery = Nursery()
        child = await _simulators(nursery, tmp_path)

        nursery.close()

        assert -signal.SIGKILL == await child.wait()


async def _simulators(nursery: Nursery, folder: Path) -> Child:
    """A process that stays up."""
    settings = {"MODE": "demo", "DATA_DIR": str(folder), "SIMULATORS_PORT": str(free_port())}
    environment = os.environ | {f"TRAMITA_{name}": value for name, value in settings.items()}
    child = await nursery.start("simulators", environment=environment)
    assert child.stdout is not None
    async with asyncio.timeout(120):
        await child.stdout.readline()
    return child
