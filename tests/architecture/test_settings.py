"""An area has its settings from the process it runs in: by the runtime, or by its unit of work."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, python_files, tree

SRC = Path("src/tramita")
# What runs in no process of an installation, or makes one: settings begin there.
BEGINNINGS = {SRC / name for name in ("backends", "cli", "demo", "kit", "process", "simulation")}


def made(path: Path) -> Iterator[str]:
    """Settings that are read from the environment in this file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and not node.args and not node.keywords:
            name = getattr(node.func, "id", "")
            if name.endswith("Settings"):
                yield f"{path}:{node.lineno}: {name}()"


class TestSettings:
    def test_are_made_by_no_area_itself(self) -> None:
        """What a process was configured with holds for everything in it, and is read once."""
        files = [path for path in python_files("src") if not BEGINNINGS & set(path.parents)]

        assert [] == [place for path in files for place in made(path)]

    def test_are_made_where_this_test_looks(self) -> None:
        """It would notice."""
        assert all((ROOT / one).is_dir() for one in BEGINNINGS)
        assert list(made(SRC / "cli" / "users.py"))
