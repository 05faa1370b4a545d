"""The four requests that change something, and what faults make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tramita.providers.sigan.simulator import errors
from tramita.providers.sigan.simulator.area_codes import DDDS
from tramita.providers.sigan.simulator.bodies import hold_body, reservation_body
from tramita.providers.sigan.simulator.inventory import Inventory
from tramita.providers.sigan.simulator.records import Hold, HoldStatus
from tramita.providers.sigan.simulator.requests import PreReservation
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Error, Refused

# Faults that find something wrong with a previous hold, where the request names one.
_ABOUT_PREVIOUS: Final[Mapping[str, Error]] = {
    "previous_unknown": errors.PREVIOUS_NOT_FOUND,
    "previous_consumed": errors.PREVIOUS_CONSUMED,
}


@dataclass(frozen=True, slots=True)
class Writing:
    """Carries out one request; every method may raise ``Refused``."""

    inventory: Inventory
    request_id: str

    def pre_reserve(self, wanted: PreReservation, fault: Fault | None) -> Answer:
        """Hold numbers, giving the previous hold up for them."""
        brands = self.inventory.conditions.brands
        if wanted.ddd not in DDDS:
            raise Refused(errors.INVALID_DDD)
        if not wanted.brand_id.strip() or (brands and wanted.brand_id not in brands):
            raise Refused(errors.INVALID_BRAND)
        previous = self._previous(wanted.previous_external_id, fault)
        if previous is not None and fault is not None and fault.kind == "previous_breaks_hold":
            self.inventory.release_hold(previous, request_id=self.request_id)
            raise Refused(errors.INTERNAL)
        hold = self.inventory.hold(
            wanted.ddd,
            _quantity(wanted.quantity, fault),
            span=timedelta(seconds=wanted.hold_seconds),
            request_id=self.request_id,
            previous=previous,
        )
        if fault is not None and fault.kind == "hold_expires_early":
            self._end_early(hold, fault)
        return Answer(201, hold_body(hold))

    def release_hold(self, external_id: str, fault: Fault | None) -> Answer:
        """Give a hold back, or only say so."""
        hold = self._hold(external_id)
        if not _is_only_said(fault):
            self.inventory.release_hold(hold, request_id=self.request_id)
        return Answer(204, b"")

    def reserve(self, external_id: str, msisdn: str) -> Answer:
        """Reserve one number of a hold."""
        hold = self._hold(external_id)
        reservation = self.inventory.reserve(hold, msisdn, request_id=self.request_id)
        return Answer(201, reservation_body(reservation))

    def release(self, reservation_id: str, fault: Fault | None) -> Answer:
        """Give a reserved number back, or only say so."""
        reservation = self.inventory.reservations.get(reservation_id)
        if reservation is None:
            raise Refused(errors.RESERVATION_NOT_FOUND)
        if not _is_only_said(fault):
            self.inventory.release(reservation, request_id=self.request_id)
        return Answer(204, b"")

    def _hold(self, external_id: str) -> Hold:
        hold = self.inventory.holds.get(external_id)
        if hold is None:
            raise Refused(errors.HOLD_NOT_FOUND)
        return hold

    def _previous(self, external_id: str | None, fault: Fault | None) -> Hold | None:
        """The hold to be given up; one that has ended is none, or an error by conditions."""
        if external_id is None:
            return None
        if fault is not None and fault.kind in _ABOUT_PREVIOUS:
            raise Refused(_ABOUT_PREVIOUS[fault.kind])
        hold = self.inventory.holds.get(external_id)
        if hold is None:
            raise Refused(errors.PREVIOUS_NOT_FOUND)
        if hold.status is HoldStatus.CONSUMED:
            raise Refused(errors.PREVIOUS_CONSUMED)
        if hold.status is HoldStatus.HELD:
            return hold
        if self.inventory.conditions.refuses_ended_previous:
            raise Refused(errors.PREVIOUS_NOT_FOUND)
        return None

    def _end_early(self, hold: Hold, fault: Fault) -> None:
        """End a hold sooner than it was asked for; the answer tells so only on demand."""
        earlier = hold.expires_at - timedelta(seconds=fault.seconds)
        if fault.argument("is_told", False):
            hold.shown_until = earlier
        self.inventory.end_hold_at(hold, earlier)


def _quantity(wanted: int, fault: Fault | None) -> int:
    """How many numbers are held: one fewer, as few as the fault names, or none."""
    if fault is not None and fault.kind == "no_numbers":
        return 0
    if fault is not None and fault.kind == "fewer_numbers":
        return min(wanted, max(0, int(fault.argument("numbers", float(wanted - 1)))))
    return wanted


def _is_only_said(fault: Fault | None) -> bool:
    return fault is not None and fault.kind == "release_not_done"
