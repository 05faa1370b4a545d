"""What Sigan keeps of pre-reservations (holds) and reservations; all of it assumed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NumberState(StrEnum):
    """Where a number of the stock stands."""

    FREE = "FREE"
    HELD = "HELD"
    RESERVED = "RESERVED"
    ACTIVE = "ACTIVE"
    COOLING = "COOLING"


class HoldStatus(StrEnum):
    """Where a pre-reservation stands."""

    HELD = "HELD"
    EXPIRED = "EXPIRED"
    RELEASED = "RELEASED"
    CONSUMED = "CONSUMED"


class ReservationStatus(StrEnum):
    """Where a reservation stands."""

    RESERVED = "RESERVED"
    RELEASED = "RELEASED"
    ACTIVE = "ACTIVE"


@dataclass(slots=True)
class Hold:
    """Numbers of one area code that nobody else shall get until ``expires_at``.

    ``shown_until`` is the end that Sigan tells, which is another only under a fault.
    """

    external_id: str
    ddd: str
    msisdns: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    shown_until: datetime
    status: HoldStatus = HoldStatus.HELD


@dataclass(slots=True)
class Reservation:
    """One number, reserved for good."""

    reservation_id: str
    external_id: str
    msisdn: str
    reserved_at: datetime
    status: ReservationStatus = ReservationStatus.RESERVED
