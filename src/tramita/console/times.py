"""Times as whoever reads them tells them: in their own zone and language, with the exact UTC beside it."""

from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime, timedelta
from typing import Final, Self

from tramita.console.reader import words_for
from tramita.kit.clock import FIRST_MOMENT, LAST_MOMENT
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.words import Words

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Now:
    """The moment at which a page is shown, in the platform's time, and how its reader is told times."""

    at: datetime
    words: Words


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: how long ago, in the reader's zone, and exactly in UTC."""

    ago: str
    exact: str
    utc: str
    iso: str

    @classmethod
    def of(cls, at: datetime, *, now: Now) -> Self:
        """``at`` as seen from ``now``, in the zone of whoever reads it."""
        return cls(
            name_of_span(now.at - at, now.words),
            now.words.moment(at, "medium"),
            f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
            at.isoformat(),
        )


def to_utc(at: datetime) -> datetime:
    """A time that somebody typed, in UTC; beyond its calendar, where that begins or ends."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return FIRST_MOMENT if at.year == MINYEAR else LAST_MOMENT


def now_for(request: AnyRequest, now: datetime) -> Now:
    """The platform's time ``now`` as whoever is signed in is told it."""
    return Now(now, words_for(request))


def name_of_span(span: timedelta, words: Words) -> str:
    """A span of time as precise as anybody needs it: ``40 s``, ``3 min``, ``1 h 52 min``, ``2 days``."""
    seconds = max(0, int(span.total_seconds()))
    if days := seconds // _DAY:
        return words.ngettext("%(num)d day", "%(num)d days", days)
    minutes = seconds // _MINUTE
    if hours := seconds // _HOUR:
        return words.gettext(
            "%(hours)d h %(minutes)d min", hours=hours, minutes=minutes - hours * 60
        )
    if minutes:
        return words.gettext("%(minutes)d min", minutes=minutes)
    return words.gettext("%(seconds)d s", seconds=seconds)
