"""The one timeline: what happened to a thing and its parts, as every page of the console tells it.

Entries of all kinds stand in one order, the oldest first. What says the same several times in a
row (a provider that was asked and did not answer) is told once, with how often.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Annotated, Any, Final
from uuid import UUID

from litestar.di import Provide
from litestar.params import QueryParameter

from tramita.console.presentation import Part, query_of, seconds_of
from tramita.console.times import Moment, Now
from tramita.console.words import (
    OUTCOMES,
    STAMPS,
    Stamp,
    name_of_actor,
    name_of_kind,
    name_of_move,
)
from tramita.kit.http.pages import Cursor, decode_cursor, encode_cursor
from tramita.kit.http.showing import PartWords
from tramita.kit.languages.words import Words, to_sentence, to_translate
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.timeline import Kind, Stretch, TimelineEntry


class Lane(StrEnum):
    """Entries that are looked for together."""

    ALL = "all"
    LIFE = "life"
    PROVIDERS = "providers"
    MESSAGES = "messages"
    MAILS = "mails"
    WEBHOOKS = "webhooks"
    NOTES = "notes"
    JOBS = "jobs"


InLane = Annotated[Lane, QueryParameter(name="show")]
MOST_AT_ONCE: Final = 200
"""Entries on one page, and what shares a moment with them."""


@dataclass(frozen=True, slots=True)
class Look:
    """Which part of a timeline is looked at: of a lane, and what was before a cursor if there is one."""

    lane: Lane = Lane.ALL
    cursor: str | None = None

    @property
    def before(self) -> datetime | None:
        """What was before then; nothing: the newest."""
        return decode_cursor(self.cursor, datetime)

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return query_of(show=None if self.lane is Lane.ALL else self.lane, before=self.cursor)


def provide_look(lane: InLane = Lane.ALL, before: Cursor = None) -> Look:
    """The part that the query parameters ask for."""
    return Look(lane, before)


LAST: Final = Look()
LOOK: Final = {"look": Provide(provide_look, sync_to_thread=False)}

LANES: Final[Mapping[Lane, tuple[str, frozenset[Kind]]]] = {
    Lane.ALL: (to_translate("Everything"), frozenset()),
    Lane.LIFE: (
        to_translate("Its life"),
        frozenset({"transition", "signal", "backend", "revision", "document"}),
    ),
    Lane.PROVIDERS: (to_translate("Providers"), frozenset({"exchange", "operation"})),
    Lane.MESSAGES: (to_translate("Messages"), frozenset({"message"})),
    Lane.MAILS: (to_translate("E-mails"), frozenset({"email"})),
    Lane.WEBHOOKS: (to_translate("Webhooks"), frozenset({"webhook"})),
    Lane.NOTES: (to_translate("Notes"), frozenset({"note"})),
    Lane.JOBS: (to_translate("Held jobs"), frozenset({"job"})),
}
_ARRIVED: Final[Mapping[str, Stamp]] = {
    "delivered": Stamp(to_translate("Delivered"), "done"),
    "waiting": Stamp(to_translate("Waits"), "wait"),
    "sending": Stamp(to_translate("Being sent"), "wait"),
    "failed": Stamp(to_translate("Given up"), "refused"),
    "cancelled": Stamp(to_translate("Not sent"), "idle"),
    "refused": Stamp(to_translate("Refused"), "refused"),
    "unknown": Stamp(to_translate("May have arrived"), "unknown"),
}
_TRIED: Final = Stamp(to_translate("Did not arrive"), "refused")
_HEARD_BY_NOBODY: Final = Stamp(to_translate("Nobody listens"), "idle")
_HELD: Final = Stamp(to_translate("Held"), "refused")
_EVENTS: Final[Mapping[str, str]] = {
    "on_contract_create": to_translate("Contract created"),
    "on_contract_change": to_translate("Contract changed"),
    "on_contract_suspend": to_translate("Service suspended"),
    "on_contract_resume": to_translate("Service resumed"),
    "service_runs": to_translate("The service runs"),
    "service_ended": to_translate("The service has ended"),
    "activation_failed": to_translate("The service could not be activated"),
}
# Another entry says the same.
_SILENT: Final = frozenset({"on_contract_activate", "on_contract_cancel"})
_SENDING: Final = "send"
# What else of an entry a person can read, by its name there.
_MORE: Final[Mapping[str, str]] = {
    "revision": to_translate("revision"),
    "changed": to_translate("changed"),
    "number": to_translate("number"),
    "origin": to_translate("origin"),
    "stage": to_translate("stage"),
    "effect": to_translate("effect"),
}
_NOTE: Final = to_translate("Note")
# More of them are counted.
_MOST_NAMED: Final = 6
_CONTRACT: Final = to_translate("Contract")
_JOB: Final = to_translate("Held job")
_NO_ANSWER: Final = to_translate("no answer")
_MAIL: Final = to_translate("E-mail")
_MESSAGE: Final = to_translate("Told us")
_WEBHOOK: Final = to_translate("Webhook")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line; ``times`` is how often it happened in a row, ``at`` when first.

    ``who`` is who did it or whom it is about, ``text`` what somebody wrote, ``files`` what came with
    it, ``request`` and ``answer`` what was said outside, ``more`` how it went, ``address`` where there is more of it.
    """

    kind: Kind
    at: Moment
    day: str
    lane: str
    title: str
    stamp: Stamp | None = None
    who: str = ""
    cause: str | None = None
    text: str = ""
    files: Sequence[str] = ()
    more: str = ""
    address: str | None = None
    request: Part | None = None
    answer: Part | None = None
    operation: str = ""
    times: int = 1

    @property
    def is_said(self) -> bool:
        """Whether there is something to look at that was said."""
        return self.answer is not None

    @property
    def saying(self) -> tuple[object, ...]:
        """What it says, whenever it was."""
        stamp = self.stamp and self.stamp.word
        return (self.kind, self.title, stamp, self.cause, self.who, self.text)


@dataclass(frozen=True, slots=True)
class Told:
    """A timeline by days of the reader's zone, and what there is to choose.

    Each lane has how much of this is of it. ``older`` and ``newest`` lead to what was before and to
    what happened last, if that is not here.
    """

    days: Sequence[tuple[str, Sequence[Happening]]]
    lanes: Sequence[tuple[Lane, str, int, str]]
    lane: Lane
    older: str | None
    newest: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """How entries are put into words for one reader.

    ``parts`` are the words of each table, ``places`` which one of its kind a part is.
    """

    now: Now
    parts: Mapping[str, PartWords]
    places: Mapping[UUID, int] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The reader's."""
        return self.now.words

    def tell(self, stretch: Stretch, look: Look = LAST) -> Told:
        """What of it is of the lane that is looked at."""
        told = [self.entry(one) for one in stretch.entries if _says_something(one)]
        counts = [
            (one, title, sum(not kinds or each.kind in kinds for each in told))
            for one, (title, kinds) in LANES.items()
        ]
        _, wanted = LANES[look.lane]
        shown = [one for one in told if not wanted or one.kind in wanted]
        days = groupby(_folded(shown), key=lambda one: one.day)
        return Told(
            [(day, list(of_day)) for day, of_day in days],
            [
                (*one, replace(look, lane=one[0]).query)
                for one in counts
                if one[2] or one[0] in (Lane.ALL, look.lane)
            ],
            look.lane,
            replace(look, cursor=encode_cursor(stretch.older)).query if stretch.older else None,
            replace(look, cursor=None).query if look.cursor else None,
        )

    def entry(self, one: TimelineEntry) -> Happening:
        """One of them in words."""
        plain = Happening(
            one.kind,
            Moment.of(one.at, now=self.now),
            self.words.date(one.at, "full"),
            "",
            one.what,
            who=name_of_actor(one.actor, self.words) if one.actor else "",
            cause=self._(one.cause) if one.cause else None,
        )
        match one.kind:
            case "transition":
                return self._moved(plain, one)
            case "exchange":
                return self._said(plain, one)
            case "operation":
                return self._acted(plain, one)
            case "email" | "webhook":
                return self._sent(plain, one)
            case "note":
                return replace(
                    plain, lane=self._(_NOTE), title="", text=str(one.details.get("text", ""))
                )
            case "job":
                title, lane = self._(name_of_kind(one.what)), self._(_JOB)
                return replace(plain, lane=lane, title=title, stamp=_HELD, address="/console/jobs")
            case "message":
                return self._posted(plain, one)
            case _:
                return self._noted(plain, one)

    def _(self, text: str) -> str:
        return str(self.words.catalog.gettext(text))

    def _moved(self, plain: Happening, one: TimelineEntry) -> Happening:
        part = self.parts.get(one.details["of"])
        name = self._(part.name) if part else _plainly(one.details["of"])
        why = part.explain(one.cause) if part and part.explain else None
        moved = part.moves.get(one.what) if part else None
        to = one.details["to"]
        stamp = part.states.get(to) if part else None
        return replace(
            plain,
            lane=self._placed(name, one.details),
            title=self._(moved) if moved else _plainly(one.what),
            stamp=stamp or Stamp(_plainly(to), "idle"),
            cause=to_sentence(self.words.translated(why)) if why else one.cause,
        )

    def _placed(self, name: str, said: Mapping[str, Any]) -> str:
        """``Payment`` as ``Payment 2``, where there are several of a kind."""
        place = self.places.get(UUID(said["subject"])) if said.get("subject") else None
        return f"{name} {place}" if place else name

    def _said(self, plain: Happening, one: TimelineEntry) -> Happening:
        said = one.details
        status = said["status"] or self._(_NO_ANSWER)
        seconds = seconds_of(said["milliseconds"], self.words)
        attempt = self.words.gettext("attempt %(number)s", number=said["attempt"])
        has_bodies = "request" in said
        return replace(
            plain,
            lane=one.actor,
            title=f"{said['method']} {said['path']}",
            stamp=OUTCOMES.get(said["outcome"], Stamp(_plainly(said["outcome"]), "idle")),
            who="",
            more=" · ".join(
                [self._placed(self._(name_of_kind(one.what)), said), str(status), seconds, attempt]
            ),
            address=f"/console/operations/{said['operation']}",
            request=Part.of(said["request"] or "") if has_bodies else None,
            answer=Part.of(said["answer"] or "") if has_bodies else None,
            operation=said["operation"],
        )

    def _posted(self, plain: Happening, one: TimelineEntry) -> Happening:
        said = one.details
        return replace(
            plain,
            lane=one.actor,
            title=self._(_MESSAGE),
            who="",
            address=f"/console/messages/{said['message']}",
            answer=Part.of(said["answer"]) if "answer" in said else None,
        )

    def _acted(self, plain: Happening, one: TimelineEntry) -> Happening:
        said = one.details
        return replace(
            plain,
            lane=said.get("provider", ""),
            title=f"{self._placed(self._(name_of_kind(said['of'])), said)}: {self._(name_of_move(one.what))}",
            stamp=STAMPS[OperationState(said["to"])],
            address=f"/console/operations/{said['operation']}",
            operation=said["operation"],
        )

    def _sent(self, plain: Happening, one: TimelineEntry) -> Happening:
        said = one.details
        is_mail = one.kind == "email"
        if said["state"] is None:
            stamp = _HEARD_BY_NOBODY
        else:
            stamp = _TRIED if one.cause else _ARRIVED.get(said["state"], _TRIED)
        answered = [str(said["status"])] if said.get("status") else []
        attempts = (
            [self.words.gettext("attempt %(number)s", number=said["attempt"])]
            if said.get("attempt")
            else []
        )
        return replace(
            plain,
            lane=self._(_MAIL if is_mail else _WEBHOOK),
            title=f"{self._(name_of_kind(one.what))} ({said['language']})" if is_mail else one.what,
            stamp=stamp,
            who="",
            more=" · ".join([*answered, *attempts]),
        )

    def _noted(self, plain: Happening, one: TimelineEntry) -> Happening:
        part = self.parts.get(one.details.get("of", ""))
        known = (part.moves if part else _EVENTS).get(one.what)
        return replace(
            plain,
            lane=self._(part.name if part else _CONTRACT),
            title=self._(known) if known else _plainly(one.what),
            more=self._more(one, part.values if part else {}),
        )

    def _more(self, one: TimelineEntry, codes: Mapping[str, str] = MappingProxyType({})) -> str:
        """What else is said of it, as far as a person can read it."""
        return " · ".join(
            f"{self._(label)}: {self._list(_each(value), codes)}"
            for name, label in _MORE.items()
            if (value := one.details.get(name))
        )

    def _list(self, values: Sequence[str], codes: Mapping[str, str]) -> str:
        if len(values) > _MOST_NAMED:
            return self.words.ngettext("%(num)d field", "%(num)d fields", len(values))
        return ", ".join(self._(codes.get(one, one)) for one in values)


def _says_something(one: TimelineEntry) -> bool:
    """Whether no other entry says the same."""
    if one.kind == "operation":
        return one.what != _SENDING  # The exchange that follows says the same.
    if one.kind == "transition":
        return bool(one.details["of"] != "operations")
    return one.what not in _SILENT


def _folded(told: Sequence[Happening]) -> Iterator[Happening]:
    """What repeats itself while nothing else happens, once."""
    for _, run in groupby(told, key=lambda one: (one.operation, one.day)):
        kept: dict[tuple[object, ...], Happening] = {}
        for number, one in enumerate(run):
            # Only acts outside repeat themselves by nature.
            key = one.saying if one.operation else (*one.saying, number)
            earlier = kept.get(key)
            kept[key] = replace(earlier, times=earlier.times + 1) if earlier else one
        yield from kept.values()


def _each(value: object) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _plainly(code: str) -> str:
    """``half_signed`` as ``Half signed``."""
    return code.replace("_", " ").capitalize() if code.islower() or code.isupper() else code
