"""What no file of the repository may hold, whatever its kind."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, tracked_files

# In pieces, so that this file does not hold what it forbids.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "debian" + ".org",
    "crates" + ".io",
]
# An absolute path of somebody's home, or of the folder somebody works in.
PERSONAL_PATHS = [r"/(?:root|home|Users)/\w", r"(?<![\w.}/])/w[o]rk/\w", r"/t[m]p/\w+/\w"]
LATER = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]


class TestRepository:
    def test_names_no_host_of_a_package_registry(self) -> None:
        """Where packages come from is the business of the machine that installs them."""
        assert [] == list(places_of("|".join(map(re.escape, REGISTRY_HOSTS))))

    @pytest.mark.parametrize("path", PERSONAL_PATHS)
    def test_names_no_path_of_a_single_machine(self, path: str) -> None:
        """A clone works wherever it lies."""
        assert [] == list(places_of(path))

    def test_promises_nothing_for_later(self) -> None:
        """What is not done is an issue, or is not needed."""
        assert [] == list(places_of(rf"\b({'|'.join(LATER)})\b"))


def places_of(pattern: str) -> Iterator[str]:
    """Answer `file:line` for each line of a tracked text file that `pattern` is found in."""
    wanted = re.compile(pattern)
    for path, text in texts():
        if wanted.search(text):
            numbered = enumerate(text.splitlines(), start=1)
            yield from (f"{path}:{number}" for number, line in numbered if wanted.search(line))


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked_files():
        if "vendor" in path.parts:
            continue  # As others wrote it.
        content = (ROOT / path).read_bytes()
        if path != Path(__file__).relative_to(ROOT) and b"\0" not in content:
            yield path, content.decode()
