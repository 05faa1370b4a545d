"""What an answer of 1C means.

Before 1C itself there is a web server, and what either cannot do it says in HTML, with whatever
status. Some of that is certain: without a licence, in exclusive mode, or while somebody else has the
document open nothing was done.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from tramita.kit.answers import Judged, Reading
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.providers.onec.texts import decode_text, read_document
from tramita.transfers.ports import OfficeRefusal

T = TypeVar("T")
W = TypeVar("W")

_LICENCES: Final = re.compile(
    r"(не\s+(?:обнаружен|найден)\w*\s+(?:свободн\w+\s+)?лиценз|нет\s+свободн\w+\s+лиценз"
    r"|превышен\w*\s+(?:максимальн\w+\s+)?количеств\w+\s+сеанс|licen[cs]e\s+not\s+found)",
    re.IGNORECASE,
)
_EXCLUSIVE: Final = re.compile(
    r"(монопольн\w+\s+режим|начало\s+сеанса\s+.*запрещено|сеансы?\s+заблокирован"
    r"|техническ\w+\s+обслуживан|регламентн\w+\s+работ)",
    re.IGNORECASE | re.DOTALL,
)
_NO_SESSION: Final = re.compile(
    r"сеанс\s+(?:отсутствует|не\s+найден|удален|завершен)", re.IGNORECASE
)
_LOCKED: Final = re.compile(r"(объект|запись|данные)\s+\w*\s*заблокирован", re.IGNORECASE)
_LONGEST_REASON: Final = 500
_READ: Final = 64 * 1024

_FOR_A_LICENCE: Final = timedelta(seconds=30)
_FOR_THE_NIGHT: Final = timedelta(minutes=2)
_LOCKED_THERE: Final = NotSent("somebody has the document open in 1C", timedelta(seconds=10))

# The service's own codes.
_LOCKED_CODE: Final = "locked"
_REFUSALS: Final = {
    "posting_refused": OfficeRefusal.POSTING_REFUSED,
    "not_accepted": OfficeRefusal.NOT_ACCEPTED,
    "revision_stale": OfficeRefusal.REVISION_STALE,
    "application_unknown": OfficeRefusal.APPLICATION_UNKNOWN,
    "too_late": OfficeRefusal.TOO_LATE,
}


class WireError(Struct):
    """Why the service did not do something; ``message`` is for people."""

    code: str
    message: str = ""


def text_of(answer: Answer) -> str:
    """An answer as a text, however it is written; what is none is empty."""
    try:
        return decode_text(answer.raw[:_READ])
    except ValueError:
        return ""


def did_nothing(answer: Answer) -> NotSent | None:
    """Why certainly nothing was done, where an answer of whatever status says so."""
    text = text_of(answer)
    if answer.status < 400 and not text.lstrip().startswith("<"):
        return None  # What people wrote in a document says nothing of the base.
    if _LICENCES.search(text):
        return NotSent("1C has no licence free", _FOR_A_LICENCE)
    if _EXCLUSIVE.search(text):
        return NotSent("1C is closed for maintenance", _FOR_THE_NIGHT)
    if answer.status == 423 or _LOCKED.search(text):
        return _LOCKED_THERE
    return None


def lost_session(answer: Answer) -> bool:
    """Whether 1C knows nothing of our session: it has not looked at what we asked for."""
    return answer.status in (400, 404) and bool(_NO_SESSION.search(text_of(answer)))


def read_json(answer: Answer, kind: type[W]) -> W | NotUnderstood:
    """The body as a ``kind``, however it is written."""
    try:
        document = read_document(answer.raw)
        return msgspec.convert(document, kind)
    except UNREADABLE as error:
        return NotUnderstood(str(error))


def in_json(
    kind: type[W], translate: Callable[[W], T | NotUnderstood]
) -> Callable[[Answer], T | NotUnderstood]:
    """Reads a body as a ``kind`` and puts it in our words."""

    def read(answer: Answer) -> T | NotUnderstood:
        said = read_json(answer, kind)
        return said if isinstance(said, NotUnderstood) else translate(said)

    return read


def judge(
    answer: Answer | NotSent | Unknown, read: Callable[[Answer], T | NotUnderstood]
) -> Done[T] | Judged:
    """What an answer of the service means."""
    if isinstance(answer, Answer):
        nothing = did_nothing(answer)
        if nothing is not None:
            return nothing
    return _READING.judge(answer, read)


def _in_its_words(answer: Answer) -> Judged | NotUnderstood:
    error = read_json(answer, WireError)
    if isinstance(error, NotUnderstood):
        return error
    if error.code == _LOCKED_CODE:
        return _LOCKED_THERE
    if error.code not in _REFUSALS:
        return NotUnderstood(f"an unknown code {error.code}")
    return Refused(_REFUSALS[error.code], error.message[:_LONGEST_REASON] or error.code)


_READING: Final[Reading] = Reading("1C", _in_its_words)
