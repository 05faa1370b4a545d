"""The documents name what exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE_PATH = re.compile(r"`((?:src|tests|migrations|benchmarks|docs|examples|scripts)/[\w./-]+)`")
JOURNEYS = sorted((ROOT / "docs/journeys").glob("*.md"))
# As journeys name them: below the folder of tests, with a class or function perhaps.
TEST = re.compile(r"`(?:tests/)?((?:\w+/)*test_\w+\.py)(?:::(\w+))?[^`]*`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


class TestDocuments:
    """README, tour, glossary, how-tos, decisions, reference."""

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
    def test_name_only_paths_that_exist(self, page: Path) -> None:
        """A reader who follows a path or a link arrives."""
        text = page.read_text(encoding="utf-8")
        named = [ROOT / path for path in CODE_PATH.findall(text)]
        linked = [page.parent / path for path in LINK.findall(text)]

        missing = [str(path) for path in (*named, *linked) if not path.exists()]

        assert [] == missing

    @pytest.mark.parametrize("page", JOURNEYS, ids=lambda page: page.name)
    def test_name_only_tests_that_exist(self, page: Path) -> None:
        """What is said to show something is there, under that name."""
        named = TEST.findall(page.read_text(encoding="utf-8"))

        missing = [
            f"{path}::{name}"
            for path, name in named
            if not (source := ROOT / "tests" / path).exists()
            or (name and not re.search(rf"(class|def) {name}\b", source.read_text()))
        ]

        assert [] == missing

    def test_tour_reads_the_code_in_order(self) -> None:
        """The tour is about files, not about itself."""
        named = CODE_PATH.findall((ROOT / "docs/tour.md").read_text(encoding="utf-8"))

        assert 20 < len(named)
