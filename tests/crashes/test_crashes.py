"""The crash grid: at each point of each operation its process dies, and nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crashes.dying import ActCrashes
from tests.crashes.grid import ActCell, Point, apart, cells_of
from tests.crashes.number_cells import CELLS, NO_CELLS, Operation
from tests.crashes.numbers import NumberCrashes
from tests.crashes.page import WORLDS, render
from tramita.kit.database.engine import Database

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "crashes.md"


@pytest.fixture
async def numbers(
    database: Database, database_url: str, tmp_path: Path
) -> AsyncIterator[NumberCrashes]:
    """A process to be killed over numbers."""
    async with NumberCrashes.running(database, database_url, tmp_path) as world:
        yield world


@pytest.fixture(params=WORLDS)
async def dying(
    request: pytest.FixtureRequest, database: Database, database_url: str, tmp_path: Path
) -> AsyncIterator[tuple[ActCrashes, list[ActCell]]]:
    """A process to be killed over acts, and all cells of these."""
    world, areas = WORLDS[request.param]
    async with world.running(database, database_url, tmp_path) as crashes:
        yield crashes, [cell for acts in areas.values() for cell in cells_of(acts)]


class TestAProcessThatDies:
    async def test_in_the_middle_of_nine_things_at_once(self, numbers: NumberCrashes) -> None:
        """Each operation, at one point or two, on a machine that takes a minute for it."""
        numbers.key_age = timedelta(minutes=1)
        await numbers.die([cell for cell in CELLS if cell.in_suite])

    @pytest.mark.soak
    async def test_at_each_point_of_each_operation(self, numbers: NumberCrashes) -> None:
        """Seven operations die at the same point, then those that took over at the next one."""
        for point in Point:
            await numbers.die([cell for cell in CELLS if cell.point is point])

    @pytest.mark.long
    async def test_over_several_acts(self, dying: tuple[ActCrashes, list[ActCell]]) -> None:
        """Each at one point or two."""
        crashes, cells = dying
        await crashes.die([cell for cell in cells if cell.in_suite])

    @pytest.mark.soak
    async def test_over_every_act(self, dying: tuple[ActCrashes, list[ActCell]]) -> None:
        """All of them die at the same point, then those that took over at the next one."""
        crashes, cells = dying
        for point in Point:
            for together in apart([cell for cell in cells if cell.point is point]):
                await crashes.die(together)


class TestTheGrid:
    def test_is_complete(self) -> None:
        """Each operation on numbers at each point, or why that cannot be."""
        cells = [(one.operation, one.point) for one in CELLS]
        cells += [(one.operation, one.point) for one in NO_CELLS]
        every = [(operation, point) for operation in Operation for point in Point]

        assert sorted(every, key=str) == sorted(cells, key=str)

    def test_is_represented_in_the_suite(self) -> None:
        """Every operation."""
        assert set(Operation) == {cell.operation for cell in CELLS if cell.in_suite}
        areas = [acts for _, areas in WORLDS.values() for acts in areas.values()]
        assert [] == [act.title for acts in areas for act in acts if not act.in_suite]

    def test_is_the_one_in_the_documentation(self) -> None:
        """docs/reference/crashes.md is what ``python -m tests.crashes.page`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")
