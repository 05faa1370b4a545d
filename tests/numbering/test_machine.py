"""A machine does at random whatever can be done to previews and numbers (I1 to I9).

Each step is held against a model, Sigan's ledger and the invariants; at the end of each run
Sigan is well again, and then everything is settled.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import fresh_database
from tests.numbering.machine.place import Place, running_place
from tests.numbering.machine.rules import NumberingMachine
from tramita.kit.embedded.postgres import EmbeddedPostgres


@dataclass(frozen=True)
class Ground:
    """A place, and the loop that everything in it runs in."""

    place: Place
    runner: asyncio.Runner

    def walk(self, *, seed: int, runs: int, steps: int, is_shrunk: bool = False) -> None:
        """Let the machine run so often, with so many steps each."""

        def make() -> NumberingMachine:
            return NumberingMachine(self.place, self.runner.run)

        shrinking = [Phase.shrink] if is_shrunk else []
        run_state_machine_as_test(
            # It asks for a class, and says that anything will do that makes a machine.
            cast("type[NumberingMachine]", hypothesis.seed(seed)(make)),
            settings=hypothesis.settings(
                max_examples=runs,
                stateful_step_count=steps,
                phases=[Phase.generate, *shrinking],
                database=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )


@pytest.fixture(scope="module")
def ground(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One place for all runs, because making one takes as long as half a run."""
    with asyncio.Runner() as runner:
        is_over = asyncio.Event()

        async def live(ready: "asyncio.Future[Place]") -> None:
            async with _place(server, tmp_path_factory.mktemp("machine")) as place:
                ready.set_result(place)
                await is_over.wait()

        async def begin() -> "tuple[Place, asyncio.Task[None]]":
            ready: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
            living = asyncio.create_task(live(ready))
            await asyncio.wait((ready, living), return_when=asyncio.FIRST_COMPLETED)
            if living.done():
                living.result()  # It raises why there is no place.
            return ready.result(), living

        async def end(living: "asyncio.Task[None]") -> None:
            is_over.set()
            await living

        place, living = runner.run(begin())
        yield Ground(place, runner)
        runner.run(end(living))


@asynccontextmanager
async def _place(server: EmbeddedPostgres, folder: Path) -> AsyncIterator[Place]:
    async with fresh_database(server) as url, running_place(url, folder) as place:
        yield place


class TestNumbering:
    """Whatever happens, in whatever order."""

    # Two of ten runs are simple ones, and from the eleventh on hypothesis varies earlier ones.
    @pytest.mark.parametrize("seed", range(4))
    def test_keeps_its_promises(self, ground: Ground, seed: int) -> None:
        """After every step, and when all is well again."""
        ground.walk(seed=seed, runs=10, steps=50)

    @pytest.mark.soak
    @pytest.mark.parametrize("seed", range(100, 120))
    def test_keeps_its_promises_for_long(self, ground: Ground, seed: int) -> None:
        """As above; what fails is printed as short as it can be made."""
        ground.walk(seed=seed, runs=10, steps=100, is_shrunk=True)
