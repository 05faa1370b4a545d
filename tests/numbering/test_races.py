"""The table of races: complete, true to its tests, and the one in the documentation."""

import ast
from pathlib import Path

from tests.numbering.races import RACES, render

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "numbering-races.md"


def names_in(path: Path) -> set[str]:
    """The functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


class TestTheTable:
    def test_has_every_race_of_the_notes(self) -> None:
        """R1 to R38, each with a test or the reason why there is none."""
        assert list(range(1, 39)) == [one.number for one in RACES]
        assert [] == [one.number for one in RACES if not one.shown]

    def test_names_tests_that_exist(self) -> None:
        """File and function."""
        named = {tuple(one.split("::")) for race in RACES for one in race.tests}

        assert [] == [
            f"{file}::{name}" for file, name in named if name not in names_in(HERE / file)
        ]

    def test_is_the_one_in_the_documentation(self) -> None:
        """docs/reference/numbering-races.md is what ``python -m tests.numbering.races`` prints."""
        assert render() == PAGE.read_text(encoding="utf-8")
