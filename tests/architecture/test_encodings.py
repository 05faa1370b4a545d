"""Files are read and written in an encoding that is named, not in that of the locale."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import python_files, tree

TEXT = {"read_text", "write_text"}


def unnamed(path: Path) -> Iterator[int]:
    """Lines that read or write text without saying in which encoding."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        named = {one.arg: one.value for one in node.keywords}
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        is_text = name in TEXT or (name == "run" and "text" in named)
        is_text = is_text or (
            name == "open" and isinstance(node.func, ast.Name) and not binary(node)
        )
        if is_text and "encoding" not in named:
            yield node.lineno


def binary(call: ast.Call) -> bool:
    """Whether ``open`` is called for bytes."""
    return any(isinstance(one, ast.Constant) and "b" in str(one.value) for one in call.args[1:])


class TestEncodings:
    def test_are_named(self) -> None:
        """A server's locale may be C, and a name in a file Portuguese."""
        places = [
            f"{path}:{line}" for path in python_files("src", "scripts") for line in unnamed(path)
        ]

        assert [] == places
