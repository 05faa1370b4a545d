"""A fifth of all calls and webhooks goes wrong, two of three workers die: all comes to rest."""

import asyncio

import pytest

from tests.journeys.processes import Processes
from tests.journeys.random_walk import Begin, Kill, Walker, draw_walk
from tests.journeys.rest import come_to_rest, verdict

SEED = 20261122
# A hundred are for the soak.
CONTRACTS = [30, pytest.param(100, marks=pytest.mark.soak)]


class TestARandomWalk:
    @pytest.mark.long
    @pytest.mark.parametrize("contracts", CONTRACTS)
    async def test_comes_to_rest(self, tramita: Processes, contracts: int) -> None:
        """Every contract is final, waits for its client, or stands before a person."""
        walk = draw_walk(SEED, contracts=contracts)
        print(*walk, sep="\n")  # noqa: T201 - shown when it fails
        _, *workers = await asyncio.gather(*map(tramita.start, ("web", *["worker"] * 3)))
        walker = Walker(tramita, SEED, workers)
        await walker.make_trouble()

        for step in walk:
            await walker.take(step)
        await come_to_rest(walker)

        ends = await verdict(walker)
        assert contracts == ends.total()
        assert ends["FINALIZADO"] > 0


class TestDrawing:
    def test_is_the_same_for_the_same_seed(self) -> None:
        """A seed that failed can be walked again."""
        walks = [draw_walk(seed, contracts=40) for seed in (1, 1, 2)]

        assert walks[0] == walks[1] != walks[2]

    def test_begins_every_contract_and_kills_two_workers(self) -> None:
        """Whatever the seed."""
        walks = [draw_walk(seed, contracts=40) for seed in range(20)]

        assert {40} == {sum(s.contracts for s in walk if isinstance(s, Begin)) for walk in walks}
        assert {2} == {len({s.worker for s in walk if isinstance(s, Kill)}) for walk in walks}
