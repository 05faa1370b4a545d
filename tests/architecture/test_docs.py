"""The documents name what exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE_PATH = re.compile(r"`((?:src|tests|migrations|benchmarks|docs|examples|scripts)/[\w./-]+)`")
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

    def test_tour_reads_the_code_in_order(self) -> None:
        """The tour is about files, not about itself."""
        named = CODE_PATH.findall((ROOT / "docs/tour.md").read_text(encoding="utf-8"))

        assert 20 < len(named)
