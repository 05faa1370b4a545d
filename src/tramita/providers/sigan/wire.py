"""Sigan's records [assumed], only the fields we use. Unknown fields are allowed.

The numbers of a hold are read one by one by ``translate``: one bad number must not
hide the id under which the good ones can be given back.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

# It becomes a part of a path, where the two names of dots alone would lead elsewhere.
Identifier = Annotated[str, Meta(pattern=r"\A(?!\.{1,2}\Z)[!-~]{1,128}\Z")]

# Every status that is known; a new one is unreadable until somebody decides.
WireHoldStatus = Literal["HELD", "EXPIRED", "RELEASED", "CONSUMED"]
WireReservationStatus = Literal["RESERVED", "RELEASED", "ACTIVE"]


class WireHold(Struct, rename="camel"):
    """The answer to a pre-reservation; ``expiresAt`` is not always there."""

    external_id: Identifier
    numbers: list[Any]
    expires_at: Any = None


class WireFoundHold(Struct, rename="camel"):
    """A pre-reservation as it is shown."""

    external_id: Identifier
    status: WireHoldStatus
    numbers: list[Any]


class WireReservation(Struct, rename="camel"):
    """The answer to a reservation."""

    reservation_id: Identifier
    msisdn: str


class WireFoundReservation(Struct, rename="camel"):
    """A reservation as it is shown."""

    reservation_id: Identifier
    msisdn: str
    status: WireReservationStatus


class WireRequest(Struct, rename="camel"):
    """What an earlier request did; ``status`` is the HTTP status of its answer."""

    request_id: str
    status: Annotated[int, Meta(ge=100, le=599)]
    external_id: Identifier | None = None
    reservation_id: Identifier | None = None
