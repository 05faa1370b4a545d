"""The crash grid: at each point of each operation its process dies, and nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.numbering.crash_cells import CELLS, NO_CELLS, Operation, Point, render
from tests.numbering.crashing import Crashes, crashes
from tramita.kit.database.engine import Database

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "numbering-crashes.md"


@pytest.fixture
async def crashing(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Crashes]:
    """A process to be killed."""
    async with crashes(database, database_url, tmp_path) as world:
        yield world


class TestAProcessThatDies:
    async def test_in_the_middle_of_nine_things_at_once(self, crashing: Crashes) -> None:
        """Each operation, at one point or two, on a machine that takes a minute for it."""
        await crashing.die([cell for cell in CELLS if cell.in_suite], after=timedelta(minutes=1))

    @pytest.mark.soak
    async def test_at_each_point_of_each_operation(self, crashing: Crashes) -> None:
        """Seven operations die at the same point, then those that took over at the next one."""
        for point in Point:
            await crashing.die([cell for cell in CELLS if cell.point is point])


class TestTheGrid:
    def test_is_complete(self) -> None:
        """Each operation at each point, or why that cannot be."""
        cells = [(one.operation, one.point) for one in CELLS]
        cells += [(one.operation, one.point) for one in NO_CELLS]
        every = [(operation, point) for operation in Operation for point in Point]

        assert sorted(every, key=str) == sorted(cells, key=str)

    def test_is_represented_in_the_suite(self) -> None:
        """Every operation."""
        assert set(Operation) == {cell.operation for cell in CELLS if cell.in_suite}

    def test_is_the_one_in_the_documentation(self) -> None:
        """docs/reference/numbering-crashes.md is what ``python -m tests.numbering.crash_cells`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")
