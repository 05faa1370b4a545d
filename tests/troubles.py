"""What could go wrong in an area, what happens instead, and the tests that show it: a table of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.architecture.sources import ROOT, functions

_COLUMNS = """\
| | what could go wrong | what happens here | shown by, in `tests` |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Trouble:
    """``wrong`` is what could go wrong, ``here`` what happens instead; ``tests`` show it.

    A test is a file under ``tests`` and the name of a function in it; ``why_not`` says why there
    is none: because it cannot happen.
    """

    number: int | str
    wrong: str
    here: str
    tests: Sequence[str] = ()
    why_not: str = ""

    @property
    def shown(self) -> str:
        """The tests, as the page names them."""
        return "<br>".join(f"`{one}`" for one in self.tests) or self.why_not


def page(troubles: Sequence[Trouble]) -> str:
    """Them as a table."""
    lines = [f"| {one.number} | {one.wrong} | {one.here} | {one.shown} |" for one in troubles]
    return _COLUMNS + "\n".join(lines) + "\n"


def missing_tests(troubles: Sequence[Trouble]) -> list[str]:
    """Tests that are named, and are not there."""
    named = [one for trouble in troubles for one in trouble.tests]
    return [
        one
        for one in named
        for file, _, name in [one.partition("::")]
        if name not in {known.name for known in functions(ROOT / "tests" / file)}
    ]
