"""What Lex Persona posts: notices that nobody signs, known again by the event's id.

Anybody may post one. So it is only looked at whether it is a notice at all; what happened Lex
Persona is asked, and an event that it does not know changes nothing.
"""

from typing import Final

import msgspec

from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.kit.provider import Connection, Posted, Receiver
from tramita.providers.lexpersona.client import is_identifier
from tramita.providers.lexpersona.wire import WireId

JOB: Final = "signatures.take_notice"


def make_receiver(_: Connection) -> Receiver:
    """What takes Lex Persona's notices."""
    return Receiver(_is_notice, JOB, _event_of, is_signed=False)


def read_notice(body: bytes) -> str | NotUnderstood:
    """The id of the event that a notice names."""
    event = _event_of(body)
    return NotUnderstood("it names no event") if event is None else event


def _is_notice(posted: Posted) -> bool:
    return _event_of(posted.body) is not None


def _event_of(body: bytes) -> str | None:
    try:
        said = msgspec.json.decode(body, type=WireId)
    except UNREADABLE:
        return None
    return said.id if is_identifier(said.id) else None
