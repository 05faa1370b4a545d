"""Who may know whom, as far as the contracts of `make check` (import-linter) cannot say it."""

import ast
from pathlib import Path

import grimp
import pytest

from tests.architecture.sources import python_files, tree

# What a provider may import besides itself: these, and the `ports` of any area.
OPEN_TO_PROVIDERS = ("tramita.kit", "tramita.simulation")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Every import within Tramita."""
    return grimp.build_graph("tramita", cache_dir=None)


class TestProviders:
    def test_know_of_an_area_only_its_ports(self, graph: grimp.ImportGraph) -> None:
        """What is behind a port may change without asking the providers."""
        found = [
            f"{importer} -> {imported}"
            for importer in graph.find_descendants("tramita.providers")
            for imported in graph.find_modules_directly_imported_by(importer)
            if not is_open_to(importer, imported)
        ]

        assert [] == sorted(found)

    def test_are_simulated_by_somebody_who_did_not_read_them(
        self, graph: grimp.ImportGraph
    ) -> None:
        """What a client and its simulator both got wrong together would never be found."""
        found = [
            f"{importer} -> {imported}"
            for importer in graph.find_descendants("tramita.providers")
            if "simulator" in importer.split(".")
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported.startswith("tramita.providers.") and "simulator" not in imported.split(".")
        ]

        assert [] == sorted(found)


class TestAreas:
    def test_begin_with_a_paragraph_and_nothing_else(self) -> None:
        """An area's `__init__` tells what the area is for and imports nothing."""
        found = [
            str(path)
            for path in python_files("src")
            if path.name == "__init__.py" and is_top_level(path) and not is_only_a_docstring(path)
        ]

        assert [] == found


def is_open_to(provider: str, imported: str) -> bool:
    own = ".".join(provider.split(".")[:3])
    if any(imported == one or imported.startswith(f"{one}.") for one in (own, *OPEN_TO_PROVIDERS)):
        return True
    return imported.rsplit(".", maxsplit=1)[-1] == "ports"


def is_top_level(path: Path) -> bool:
    return len(path.relative_to("src/tramita").parts) <= 2


def is_only_a_docstring(path: Path) -> bool:
    body = tree(path).body
    return len(body) == 1 and isinstance(body[0], ast.Expr)
