"""Whoever cancels a contract, by whatever door and at whatever moment: what is answered is so."""

import asyncio

import pytest

from tests.journeys.doors import (
    DOORS,
    MOMENTS,
    Cell,
    being_inserted,
    by_a_person,
    by_a_plugin,
    cell,
    made,
    offered,
    parked,
    settling,
)
from tests.world import World, until
from tramita.portability.journey.search_left_alive import JOB

# Each asks again and again where it stands; more of them only wait for one another.
_AT_ONCE = 6


class TestCancelling:
    async def test_is_true_at_every_moment_by_every_door(self, world: World) -> None:
        """Answered "cancelled", nothing lives at the bank; answered 409, it goes on there and here."""
        cells = [
            await cell(world, moment, door)
            for moment in MOMENTS
            for door in DOORS
            # A plugin and the core's API call the same; a few moments show that.
            if door is not by_a_plugin or moment in (made, being_inserted, offered, settling)
        ]
        cells.append(await cell(world, parked, by_a_person))

        assert [] == await _play(world, cells)

    @pytest.mark.soak
    async def test_is_true_in_a_crowd(self, world: World) -> None:
        """The same a dozen times at once, while the bank takes its time."""
        await world.qitech.delay(5, up_to=150)
        cells = [
            await cell(world, moment, door)
            for _ in range(12)
            for moment in MOMENTS
            for door in DOORS
        ]

        assert [] == await _play(world, cells)


async def _search_now(world: World) -> None:
    """What a person gave up is searched for again after minutes; those are over."""
    await world.fetch("UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = $1", JOB)

    async def is_over() -> bool:
        return await world.fetch("SELECT FROM pgqueuer WHERE entrypoint = $1", JOB) == []

    await until(is_over)


async def _play(world: World, cells: list[Cell]) -> list[str]:
    places = asyncio.Semaphore(_AT_ONCE)

    async def play(one: Cell) -> int:
        async with places:
            return await one.play()

    answers = await asyncio.gather(*map(play, cells))
    await world.qitech.mend()
    await _search_now(world)
    await world.until_at_rest()
    alive = await world.alive()
    found = await asyncio.gather(
        *(
            one.disagreements(answered, alive=alive[one.contract.number])
            for one, answered in zip(cells, answers, strict=True)
        )
    )
    return [sentence for sentences in found for sentence in sentences]
