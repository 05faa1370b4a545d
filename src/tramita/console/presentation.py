"""What the templates show of an operation, ready to be printed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import msgspec

from tramita.console.times import Moment, Now
from tramita.console.words import (
    OUTCOMES,
    STAMPS,
    Stamp,
    name_of_actor,
    name_of_kind,
    name_of_move,
    refusal_words,
)
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.languages.filled import Filled
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.masking_shapes import mask_name
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.queries import ExchangeView, OperationLine, OperationMove
from tramita.kit.outside import UNREADABLE

# A journalled body has up to 128 KiB; a page with twenty exchanges must stay a page.
LONGEST_SHOWN = 16 * 1024
NO_NAME: Final = to_translate("Subject")
"""As which a subject's id is told where nobody knows more of it."""
_PEOPLE: Final = frozenset({"Client", "Learner"})
_NOT_IN_LINES: Final = _PEOPLE | {NO_NAME}
_HEADERS = re.compile(r"((?:[\w-]+: [^\n]*\n)+)\n(.*)", re.DOTALL)


def called_of(about: Sequence[tuple[str, str]]) -> str:
    """A subject as a person knows it, in a line that many read: nobody's name is in it."""
    shown = [value for label, value in about if label not in _NOT_IN_LINES]
    facts = {f"fact{n}": value for n, value in enumerate(shown)}
    return Filled.of(" · ".join(f"{{{name}}}" for name in facts), **facts)


def masked(about: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same without anybody's name: its own page shows that to whoever says why."""
    return [(label, mask_name(value) if label in _PEOPLE else value) for label, value in about]


@dataclass(frozen=True, slots=True)
class Line:
    """An operation in the list, or at the head of its own page.

    ``meaning`` says of one that ended without result what that leaves to do; ``about`` is what
    it is about, as a person knows it.
    """

    row: OperationLine
    title: str
    stamp: Stamp
    meaning: str | None
    about: Sequence[tuple[str, str]]
    since: Moment
    created: Moment

    @property
    def called(self) -> str:
        """Its subject as a person knows it."""
        return called_of(self.about)

    @property
    def all_alike(self) -> str | None:
        """Where all are that stand there for the same reason."""
        if self.row.alike is None:
            return None
        if self.row.state == OperationState.REFUSED:
            return f"/console/operations?{query_of(state='refused', reason=self.row.alike)}"
        return f"/console/attention/{self.row.alike}"

    @classmethod
    def of(cls, row: OperationLine, about: Sequence[tuple[str, str]], *, now: Now) -> "Line":
        """``row`` as seen at ``now``, the platform's time."""
        state = OperationState(row.state)
        ended = refusal_words(row.trigger, row.actor) if state is OperationState.REFUSED else None
        return cls(
            row,
            name_of_kind(row.kind),
            ended.stamp if ended else STAMPS[state],
            ended.meaning if ended else None,
            about,
            Moment.of(row.since, now=now),
            Moment.of(row.created_at, now=now),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A request or an answer: its headers, and its body indented where it is JSON."""

    headers: str
    body: str
    cut: int

    @classmethod
    def of(cls, text: str) -> "Part":
        """Split and indent what the journal has; ``cut`` says how many characters are left out."""
        split = _HEADERS.fullmatch(text)
        headers, body = split.groups() if split else ("", text)
        body = indented(body)
        return cls(headers.strip(), body[:LONGEST_SHOWN], max(0, len(body) - LONGEST_SHOWN))


@dataclass(frozen=True, slots=True)
class Said:
    """One exchange: what was sent and what came back."""

    row: ExchangeView
    stamp: Stamp
    at: Moment
    seconds: str
    request: Part
    answer: Part

    @classmethod
    def of(cls, row: ExchangeView, *, now: Now) -> "Said":
        """``row`` as seen at ``now``, the platform's time."""
        return cls(
            row,
            OUTCOMES.get(row.outcome, Stamp(row.outcome.replace("_", " "), "idle")),
            Moment.of(row.started_at, now=now),
            seconds_of(row.milliseconds, now.words),
            Part.of(row.request),
            Part.of(row.answer),
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of the history."""

    row: OperationMove
    stamp: Stamp
    what: str
    actor: str
    at: Moment

    @classmethod
    def of(cls, row: OperationMove, *, now: Now) -> "Moved":
        """``row`` as seen at ``now``, the platform's time."""
        state = OperationState(row.to_state)
        ended = state is OperationState.REFUSED
        return cls(
            row,
            refusal_words(row.trigger, row.actor).stamp if ended else STAMPS[state],
            name_of_move(row.trigger),
            name_of_actor(row.actor, now.words),
            Moment.of(row.at, now=now),
        )


def seconds_of(milliseconds: int, words: Words) -> str:
    """How long something took: ``1.2 s``."""
    return words.gettext("%(seconds)s s", seconds=words.decimal(milliseconds / 1000))


def indented(body: str) -> str:
    """A body as a person reads it: indented where it is JSON."""
    try:
        return msgspec.json.format(body.encode(), indent=2).decode()
    except UNREADABLE:
        return body


def counted(numbers: Iterable[int], words: Words, *, most: int | None = None) -> str:
    """So many together; at least so many where of one there are more than were counted.

    ``most`` is how far that was, if not as far as usual.
    """
    found, most = list(numbers), MOST_COUNTED if most is None else most
    total = words.number(sum(min(one, most) for one in found))
    return f"{total}+" if any(one > most for one in found) else total


def query_of(**parameters: str | None) -> str:
    """Parameters of an address, those that are there."""
    return urlencode({name: value for name, value in parameters.items() if value})
