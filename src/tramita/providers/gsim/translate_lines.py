"""GSIM's words about SIMs and lines in ours: pure and total."""

from collections.abc import Mapping
from typing import Final

from tramita.numbering.ports import LineMessage, LineNews, LineRefusal, LineStatus
from tramita.providers.gsim.wire_lines import (
    WireCallback,
    WireEvent,
    WireLineStatus,
    WireRequest,
)

_REFUSALS: Final[Mapping[str, LineRefusal]] = {
    "SIM_NOT_FOUND": LineRefusal.SIM_NOT_FOUND,
    "SIM_IN_USE": LineRefusal.SIM_IN_USE,
    "NUMBER_NOT_RESERVED": LineRefusal.NUMBER_NOT_RESERVED,
    "BAD_MSISDN": LineRefusal.BAD_NUMBER,
    "REQUEST_NOT_FOUND": LineRefusal.REQUEST_NOT_FOUND,
}
# One that is assigned waits: it has no end yet.
_ENDS: Final[Mapping[WireLineStatus, LineStatus | None]] = {
    "ASSIGNED": None,
    "ACTIVE": LineStatus.ACTIVE,
    "REJECTED": LineStatus.REJECTED,
    "RELEASED": LineStatus.RELEASED,
}
_EVENTS: Final[Mapping[WireEvent, LineStatus]] = {
    "ACTIVATED": LineStatus.ACTIVE,
    "REJECTED": LineStatus.REJECTED,
    "DEACTIVATED": LineStatus.RELEASED,
}


def translate_refusal(code: str) -> LineRefusal:
    """Why GSIM says no."""
    return _REFUSALS.get(code, LineRefusal.OTHER)


def translate_line(status: WireLineStatus, assignment_id: str | None) -> LineNews | None:
    """How a line stands; ``None``: it is accepted, and not live yet."""
    end = _ENDS[status]
    return None if end is None else LineNews(end, assignment_id)


def translate_request(said: WireRequest) -> LineNews | None:
    """What became of a request, like a line; one that was refused says why."""
    if said.status == "REFUSED":
        return LineNews(LineStatus.REFUSED, reason=said.code)
    return translate_line(said.status, said.assignment_id)


def translate_callback(said: WireCallback) -> LineMessage:
    """What GSIM told of its own accord."""
    news = LineNews(_EVENTS[said.type], said.assignment_id, said.reason)
    return LineMessage(news, said.msisdn, said.iccid)
