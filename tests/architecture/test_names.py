"""A name says what a thing is. These words say nothing."""

import ast
import re
from pathlib import Path

from tests.architecture.sources import functions, python_files, tree

EMPTY_MODULE_NAMES = {
    "base", "common", "data", "helper", "helpers", "info", "manager", "managers", "misc", "util",
    "utils",
}  # fmt: skip
EMPTY_WORDS = {"helper", "helpers", "manager", "managers", "misc", "util", "utils"}


class TestNames:
    def test_of_modules_and_folders_say_what_is_inside(self) -> None:
        """There is no drawer for what has no place."""
        found = [
            str(path)
            for path in python_files()
            if EMPTY_MODULE_NAMES & {part.strip("_") for part in path.with_suffix("").parts}
        ]

        assert [] == found

    def test_of_classes_and_functions_say_what_they_are(self) -> None:
        """There is no ContractManager and no get_utils."""
        found = [
            f"{path}: {name}"
            for path in python_files()
            for name in names_made_in(path)
            if EMPTY_WORDS & words(name)
        ]

        assert [] == found


def names_made_in(path: Path) -> list[str]:
    classes = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    return classes + [function.name for function in functions(path)]


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)}
