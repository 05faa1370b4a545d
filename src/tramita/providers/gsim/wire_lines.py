"""GSIM's records of SIMs and lines [assumed], only the fields we use."""

from typing import Literal

from msgspec import Struct

# Every status GSIM knows [assumed]; a new one is unreadable until somebody decides.
WireLineStatus = Literal["ASSIGNED", "ACTIVE", "REJECTED", "RELEASED"]
WireSIMState = Literal["STOCK", "ASSIGNED", "ACTIVE", "BLOCKED"]
WireEvent = Literal["ACTIVATED", "REJECTED", "DEACTIVATED"]


class WireAssignment(Struct, rename="camel"):
    """A number on a SIM, as the answer to putting it there."""

    assignment_id: str
    iccid: str
    msisdn: str
    status: WireLineStatus


class WireReleased(Struct, rename="camel"):
    """What a SIM is after its number was taken off."""

    iccid: str
    status: Literal["RELEASED"]


class WireRequest(Struct, rename="camel"):
    """What became of a request."""

    request_id: str
    status: Literal["ASSIGNED", "ACTIVE", "REJECTED", "RELEASED", "REFUSED"]
    assignment_id: str | None = None
    code: str | None = None


class WireSIM(Struct, rename="camel"):
    """A SIM."""

    iccid: str
    state: WireSIMState
    msisdn: str | None = None
    assignment_id: str | None = None


class WireCallback(Struct, rename="camel"):
    """What GSIM posts to us; ``eventId`` is its own number of the message."""

    event_id: str
    type: WireEvent
    assignment_id: str
    iccid: str
    msisdn: str
    reason: str | None = None
