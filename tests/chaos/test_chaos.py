"""Tramita in separate processes, under load, while everything it stands on is struck.

What no other test sees together: real processes; a queue that is full; PostgreSQL that goes
away and comes back in the middle of it; and a judge that only reads what anybody outside can.

Why this is here: a restart of PostgreSQL under load once held a hundred jobs, their contracts
stood still, and every test was green. Those that took the database away did so between jobs,
with an empty queue, because all tests share one server that no test may stop, and the few
servers of a test's own were restarted when all was quiet. Those that failed a job because of
its database raised the error themselves, while the database went on answering, so that the
queue could always write down that the job was to run again; that very statement was what
failed. Those under load, and those that kill processes, kill Tramita's and the provider's
connections, never the server's. And the judges asked for leases that had run out, which ten
minutes are too short for, never for jobs that are held. So here the database goes away moments
after a crowd has asked for its links, when a hundred jobs are taken and not yet begun, and
whatever is held or still prepared in the end is a finding. That moment by itself is in
``tests/kit/test_taken_jobs.py``.

What is found depends on the machine, what befalls it does not: a seed draws the same strikes,
and each actor throws dice of its own. A key whose request died with web may be said to be in
use for a minute; the short run does not wait for that, the long ones do.
"""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.driver import run_chaos
from tests.chaos.plan import RESTARTS, Kind, draw_plan
from tramita.kit.embedded.postgres import passing_folder

_SEED: Final = 1
# Seven for each kind of restart. What comes before and after takes half a minute each time.
_SECONDS: Final = 21.0
# For how long each of the long runs is under load; ``make soak`` may be told otherwise.
_MINUTES: Final = float(os.environ.get("TRAMITA_TEST_CHAOS_MINUTES", "2"))
_KEY_SECONDS: Final = 65.0


class TestChaos:
    @pytest.mark.long
    async def test_leaves_nothing_lost_doubled_stuck_or_held(self, run_directory: Path) -> None:
        """Web, workers and PostgreSQL are killed, stopped and restarted in each way under load."""
        plan = draw_plan(_SEED, _SECONDS, restarts=RESTARTS)
        with passing_folder("tramita-chaos-", below=run_directory) as folder:
            result = await run_chaos(_SEED, plan, folder, seconds=_SECONDS, patience=0)

        assert [] == result.findings, result.told(plan)

    @pytest.mark.soak
    @pytest.mark.parametrize("seed", range(101, 111))
    async def test_leaves_nothing_in_the_long_run(self, run_directory: Path, seed: int) -> None:
        """The same, for minutes, with every kind of restart again and again."""
        seconds = _MINUTES * 60
        plan = draw_plan(seed, seconds)
        with passing_folder("tramita-chaos-", below=run_directory) as folder:
            result = await run_chaos(seed, plan, folder, seconds=seconds, patience=_KEY_SECONDS)

        assert [] == result.findings, result.told(plan)


class TestDrawing:
    def test_is_the_same_for_the_same_seed(self) -> None:
        """A seed that failed can be played again."""
        one, same, other = (draw_plan(seed, 30) for seed in (1, 1, 2))

        assert one == same != other

    def test_has_every_kind_in_a_minute(self) -> None:
        """Whatever the seed, and in order."""
        for seed in range(20):
            plan = draw_plan(seed, 60)

            assert sorted(plan, key=lambda one: one.at) == plan
            assert {*Kind} - {*RESTARTS} <= {one.kind for one in plan}
            assert 6 == sum(one.kind in RESTARTS for one in plan)
