"""What numbering needs from outside: an inventory of phone numbers, and lines that go on and off.

Numbers travel as ``msisdn``: thirteen digits, ``55``, the area code (DDD), ``9`` and
eight more. Spans are whole seconds, times carry an offset.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood


class InventoryRefusal(StrEnum):
    """Why an inventory says no: the ``code`` of its ``Refused`` outcomes."""

    INVALID_DDD = "invalid_ddd"
    INVALID_BRAND = "invalid_brand"
    INSUFFICIENT_STOCK = "insufficient_stock"
    PREVIOUS_NOT_FOUND = "previous_not_found"
    PREVIOUS_CONSUMED = "previous_consumed"
    HOLD_NOT_FOUND = "hold_not_found"
    HOLD_EXPIRED = "hold_expired"
    HOLD_CONSUMED = "hold_consumed"
    NUMBER_TAKEN = "number_taken"
    NUMBER_NOT_IN_HOLD = "number_not_in_hold"
    RESERVATION_NOT_FOUND = "reservation_not_found"
    RESERVATION_ACTIVE = "reservation_active"
    OTHER = "other"

    @classmethod
    def _missing_(cls, _value: object) -> "InventoryRefusal":
        """A code that nobody has decided about."""
        return cls.OTHER


@dataclass(frozen=True, slots=True)
class WantedNumbers:
    """A hold to be asked for; ``previous_external_id`` names a hold to be given up for it."""

    ddd: str
    brand_id: str
    quantity: int
    hold: timedelta
    previous_external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Numbers held for us. ``faults`` says in sentences what is wrong with it.

    ``msisdns`` are the well-formed, distinct numbers of the asked-for area code in the
    inventory's order; a number that is not appears in ``faults`` only, masked.
    """

    external_id: str
    msisdns: tuple[str, ...]
    expires_at: datetime | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reservation:
    """One number reserved for us, under the inventory's own id."""

    reservation_id: str
    msisdn: str


class HoldStatus(StrEnum):
    """Where a hold stands at the inventory."""

    HELD = "held"
    EXPIRED = "expired"
    RELEASED = "released"
    CONSUMED = "consumed"


class ReservationStatus(StrEnum):
    """Where a reservation stands at the inventory."""

    RESERVED = "reserved"
    RELEASED = "released"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class FoundHold:
    """A hold as the inventory shows it."""

    external_id: str
    status: HoldStatus
    msisdns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundReservation:
    """A reservation as the inventory shows it."""

    reservation_id: str
    msisdn: str
    status: ReservationStatus


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """What a request of ours did there: a hold, a reservation, or it was refused.

    ``is_refused``: the inventory remembers it and did nothing.
    """

    external_id: str | None = None
    reservation_id: str | None = None
    is_refused: bool = False


class NumberInventory(Protocol):
    """The provider's stock of numbers.

    Every call carries ``attempt.key`` as its request id, by which the inventory knows a
    request that comes again and answers what it answered then.
    """

    async def pre_reserve(self, wanted: WantedNumbers, attempt: Attempt) -> Outcome[Hold]:
        """Hold numbers of an area code for a while."""
        ...

    async def reserve(
        self, external_id: str, msisdn: str, attempt: Attempt
    ) -> Outcome[Reservation]:
        """Reserve one number of a hold; the others go back to the stock."""
        ...

    async def release_hold(self, external_id: str, attempt: Attempt) -> Outcome[None]:
        """Give a hold back; one that has ended already is ``Done``."""
        ...

    async def release_reservation(self, reservation_id: str, attempt: Attempt) -> Outcome[None]:
        """Give a reserved number back, by the reservation's own id; idempotent."""
        ...

    async def find_request(self, request_id: str, attempt: Attempt) -> Outcome[FoundRequest | None]:
        """Ask what a request of ours did; ``None``: it was never seen."""
        ...

    async def find_hold(self, external_id: str, attempt: Attempt) -> Outcome[FoundHold | None]:
        """Ask how a hold stands; ``None``: there is no such hold."""
        ...

    async def find_reservation(
        self, msisdn: str, attempt: Attempt
    ) -> Outcome[FoundReservation | None]:
        """Ask for the last reservation of a number; ``None``: there never was one."""
        ...


class LineRefusal(StrEnum):
    """Why a number does not come on a SIM: the ``code`` of a ``Refused`` outcome."""

    SIM_NOT_FOUND = "sim_not_found"
    SIM_IN_USE = "sim_in_use"
    NUMBER_NOT_RESERVED = "number_not_reserved"
    BAD_NUMBER = "bad_number"
    REQUEST_NOT_FOUND = "request_not_found"
    OTHER = "other"


class LineStatus(StrEnum):
    """Where a number on a SIM stands with the operator.

    ``REFUSED``: never accepted; ``REJECTED``:
    accepted, and then the network would not have it.
    """

    ACTIVE = "active"
    REFUSED = "refused"
    REJECTED = "rejected"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class LineNews:
    """How an assignment stands; ``assignment_id`` is the operator's own, if it gave one."""

    status: LineStatus
    assignment_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LineMessage:
    """What the operator told of its own accord about one assignment."""

    news: LineNews
    msisdn: str
    sim: str


class LineActivation(Protocol):
    """The operator's SIMs: a number comes on one, its line goes live, and ends.

    A line that is accepted and not live yet is ``Pending``, however one asks. A SIM, named by its ICCID, carries one number at most. Every call that changes anything
    carries ``attempt.key`` as its request id.
    """

    async def assign_sim(self, sim: str, msisdn: str, attempt: Attempt) -> Outcome[LineNews]:
        """Put a number on a SIM and have the line activated: ``Pending`` until it is told of."""
        ...

    async def release_sim(self, sim: str, attempt: Attempt) -> Outcome[None]:
        """Take the number off a SIM, which ends the line; a SIM without one is ``Done``."""
        ...

    async def find_assignment(self, request_id: str, attempt: Attempt) -> Outcome[LineNews | None]:
        """Ask what became of a request of ours; ``None``: it was never seen."""
        ...

    async def find_line(self, sim: str, msisdn: str, attempt: Attempt) -> Outcome[LineNews | None]:
        """Ask how a number stands on a SIM; ``None``: it is not on it."""
        ...

    def read_message(self, body: bytes) -> LineMessage | NotUnderstood:
        """What a kept message of the operator's says."""
        ...
