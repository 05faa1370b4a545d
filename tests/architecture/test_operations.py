"""Where an operation stands is the ledger's to say, in SQL as well."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import python_files, tree
from tramita.kit.operations.lifecycle import OperationState

LEDGER = Path("src/tramita/kit/operations")
SPELLED = re.compile(f"'({'|'.join(OperationState)})'")


def spelled(path: Path) -> Iterator[str]:
    """States of operations that stand in a text of this file as SQL writes them."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in SPELLED.finditer(node.value):
                yield f"{path}:{node.lineno}: {found.group()}"


class TestOperations:
    def test_have_their_states_spelled_by_the_ledger_alone(self) -> None:
        """A new state reaches every statement that asks where an operation stands."""
        places = [
            place
            for path in python_files("src")
            if LEDGER not in path.parents
            for place in spelled(path)
        ]

        assert [] == places

    def test_are_spelled_where_this_test_looks(self) -> None:
        """It would notice."""
        assert list(spelled(LEDGER / "ledger.py"))
