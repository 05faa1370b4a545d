"""``/console/retention``: what is kept for how long, and how far forgetting is behind."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Request, get
from litestar.response import Template

from tramita.console.frame import PAGE, frame
from tramita.console.reader import words_for
from tramita.console.times import name_of_span
from tramita.console.words import Stamp
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.kept import Kept
from tramita.kit.languages.words import Words
from tramita.kit.retention import LATE, Retention


@dataclass(frozen=True, slots=True)
class Line:
    """Rows that are kept for a time: for how long, and whether they go in time."""

    row: Kept
    term: str
    stamp: Stamp


@get("/retention", opt=PAGE, include_in_schema=False)
async def show_retention(request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
    """Every table of which rows go, those that are behind first."""
    retention = Retention(runtime, runtime.kept)
    late, words = await retention.overdue(), words_for(request)
    lines = [
        Line(one, name_of_span(retention.term(one), words), _stamp(late[one.name], words))
        for one in sorted(runtime.kept, key=lambda one: -late[one.name])
    ]
    context = {
        "room": "people",
        "lines": lines,
        "behind": sum(by > LATE for by in late.values()),
    }
    return Template("console/retention.html", context=frame(request) | context)


def _stamp(by: timedelta, words: Words) -> Stamp:
    """Whether the oldest of them is past its time; one night is no delay."""
    if by > LATE:
        return Stamp(f"{name_of_span(by, words)} behind", "refused")
    return Stamp("Goes tonight", "wait") if by else Stamp("In time", "done")
