"""``/console/retention``: what is kept for how long, and how far forgetting is behind."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from litestar import Request, get
from litestar.response import Template

from tramita.console.frame import PAGE, frame
from tramita.console.reader import words_for
from tramita.console.times import name_of_span
from tramita.console.words import Stamp
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.kept import Kept
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.retention import LATE, Retention

_TONIGHT: Final = Stamp(to_translate("Goes tonight"), "wait")
_IN_TIME: Final = Stamp(to_translate("In time"), "done")


@dataclass(frozen=True, slots=True)
class Line:
    """Rows that are kept for a time: for how long, and whether they go in time."""

    row: Kept
    name: str
    what: str
    stays: str
    term: str
    stamp: Stamp

    @classmethod
    def of(cls, row: Kept, term: timedelta, by: timedelta, words: Words) -> Self:
        """``row`` as it is told in the reader's language; ``by`` is how far it is behind."""
        name, what, stays = (words.translated(one) for one in (row.name, row.what, row.stays))
        term_words = name_of_span(term, words)
        return cls(
            row, _begun(name), _begun(what).replace("`", ""), stays, term_words, _stamp(by, words)
        )


def _begun(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


@get("/retention", opt=PAGE, include_in_schema=False)
async def show_retention(request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
    """Every table of which rows go, those that are behind first."""
    retention = Retention(runtime, runtime.kept)
    late, words = await retention.overdue(), words_for(request)
    lines = [
        Line.of(one, retention.term(one), late[one.name], words)
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
        late = words.gettext("%(span)s behind", span=name_of_span(by, words))
        return Stamp(late, "refused")
    return _TONIGHT if by else _IN_TIME
