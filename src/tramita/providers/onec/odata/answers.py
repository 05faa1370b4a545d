"""What an answer of OData means: JSON or Atom, with errors of its own in either."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

import msgspec

from tramita.kit.answers import Judged, Reading
from tramita.kit.exchange import Answer
from tramita.kit.outcome import Done, NotSent, Refused, Unknown
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.providers.onec.answers import did_nothing, text_of
from tramita.providers.onec.texts import decode_text, read_document
from tramita.transfers.ports import OfficeRefusal

T = TypeVar("T")
W = TypeVar("W")

KEY_EXISTS: Final = "15"
_NO_RIGHTS: Final = "20"
_REFUSALS: Final = {
    "9": OfficeRefusal.APPLICATION_UNKNOWN,
    "21": OfficeRefusal.POSTING_REFUSED,
    # What we wrote is not what the configuration takes.
    **dict.fromkeys(("4", "5", "8", "10", "16"), OfficeRefusal.NOT_ACCEPTED),
}
_LONGEST_REASON: Final = 500
_SOON: Final = timedelta(seconds=2)
# 1C's Atom names everything the same way, for ever; no reader of XML is needed, nor what may be done to one.
_ENTRY: Final = re.compile(r"<m:properties\b[^>]*>(.*?)</m:properties>", re.DOTALL)
_PROPERTY: Final = re.compile(r"<d:([\w.]+)([^<>]*?)(?:/>|>([^<]*)</d:\1>)")
_WHOLE: Final = re.compile(r"</(?:feed|entry)>\s*$")
_ERROR: Final = re.compile(
    r"<m:error\b.*?<m:code>([^<]*)</m:code>.*?<m:message\b[^>]*>([^<]*)</m:message>", re.DOTALL
)


class WireMessage(msgspec.Struct):
    """Words, in some language."""

    value: str = ""


class WireError(msgspec.Struct):
    """Why something was not done."""

    code: str
    message: WireMessage


class WireErrors(msgspec.Struct):
    """How JSON says so."""

    error: WireError = msgspec.field(name="odata.error")


class WireValue(msgspec.Struct):
    """A list of objects."""

    value: list[Any]


def read_error(answer: Answer) -> tuple[str, str] | None:
    """The code and the words of an error, in either form."""
    found = _ERROR.search(text_of(answer))
    if found is not None:
        return found[1].strip(), html.unescape(found[2]).strip()
    try:
        said = msgspec.convert(read_document(answer.raw), WireErrors).error
    except UNREADABLE:
        return None
    return said.code, said.message.value


def read_list(answer: Answer, kind: type[W]) -> list[W] | NotUnderstood:
    """Objects, in either form."""
    try:
        text = decode_text(answer.raw)
        if text.lstrip().startswith("<"):
            return [msgspec.convert(one, kind) for one in _read_atom(text)]
        said = msgspec.convert(read_document(answer.raw), WireValue)
        return [msgspec.convert(one, kind) for one in said.value]
    except UNREADABLE as error:
        return NotUnderstood(str(error))


def read_one(answer: Answer, kind: type[W]) -> W | NotUnderstood:
    """One object, in either form."""
    try:
        text = decode_text(answer.raw)
        if not text.lstrip().startswith("<"):
            return msgspec.convert(read_document(answer.raw), kind)
        [one] = _read_atom(text)
        return msgspec.convert(one, kind)
    except UNREADABLE as error:
        return NotUnderstood(str(error))


def _read_atom(text: str) -> list[dict[str, str | None]]:
    """The objects of a feed, or that of an entry; raises ``ValueError`` for any other XML."""
    if _WHOLE.search(text) is None:
        raise ValueError("it is neither a whole feed nor a whole entry")
    return [
        {
            name: None if 'm:null="true"' in attributes else html.unescape(value or "")
            for name, attributes, value in _PROPERTY.findall(properties)
        }
        for properties in _ENTRY.findall(text)
    ]


def _in_its_words(answer: Answer) -> Judged | NotUnderstood:
    error = read_error(answer)
    if error is None:
        return NotUnderstood("no error of OData")
    code, words = error
    if code == _NO_RIGHTS:
        return READING.rejected("the user has no right to it")
    if code not in _REFUSALS:
        return NotUnderstood(f"an unknown code {code}")
    return Refused(_REFUSALS[code], words[:_LONGEST_REASON] or code)


READING: Final[Reading] = Reading("1C", _in_its_words)


def is_known_key(answer: object) -> bool:
    """Whether there is an object of that reference already."""
    error = read_error(answer) if isinstance(answer, Answer) and answer.status >= 400 else None
    return error is not None and error[0] == KEY_EXISTS


def was_changed(answer: object) -> NotSent | None:
    """Whether somebody else has written the object meanwhile: then nothing was done."""
    if isinstance(answer, Answer) and answer.status == 412 and read_error(answer) is not None:
        return NotSent("somebody has changed the document in 1C meanwhile", _SOON)
    return None


def judge(
    answer: Answer | NotSent | Unknown, read: Callable[[Answer], T | NotUnderstood]
) -> Done[T] | Judged:
    """What an answer of OData means."""
    if isinstance(answer, Answer):
        nothing = did_nothing(answer) or was_changed(answer)
        if nothing is not None:
            return nothing
    return READING.judge(answer, read)


def is_done(answer: Answer) -> NotUnderstood | None:
    """An act has nothing to say; a page is not the interface's."""
    is_page = text_of(answer).lstrip().startswith("<")
    return NotUnderstood("a page of something else") if is_page else None
