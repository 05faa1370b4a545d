"""The requests that only ask how something stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tramita.providers.sigan.simulator import errors
from tramita.providers.sigan.simulator.bodies import hold_body, reservation_body
from tramita.providers.sigan.simulator.inventory import Inventory
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Refused
from tramita.simulation.front.memory import Memory, Remembered


@dataclass(frozen=True, slots=True)
class LookingUp:
    """Answers how things stand, as far as this Sigan lets anybody look."""

    inventory: Inventory
    memory: Memory

    def hold(self, external_id: str, fault: Fault | None) -> Answer:
        """A hold by its id."""
        self._check_open(fault)
        hold = self.inventory.holds.get(external_id)
        if hold is None or not self._is_visible(hold.made_at, fault):
            raise Refused(errors.HOLD_NOT_FOUND)
        return Answer(200, hold_body(hold))

    def reservation(self, reservation_id: str, msisdn: str, fault: Fault | None) -> Answer:
        """A reservation by its id, or the last one of a number."""
        self._check_open(fault)
        found = (
            self.inventory.reservations.get(reservation_id)
            if reservation_id
            else self.inventory.last_reservation_of(msisdn)
        )
        if found is None or not self._is_visible(found.reserved_at, fault):
            raise Refused(errors.RESERVATION_NOT_FOUND)
        return Answer(200, reservation_body(found))

    def request(self, request_id: str, fault: Fault | None) -> Answer:
        """What a request did."""
        self._check_open(fault)
        found = self.memory.find(request_id)
        if found is None or not self._is_visible(found.at, fault):
            raise Refused(errors.REQUEST_UNKNOWN)
        return Answer(200, _request_body(found))

    def _check_open(self, fault: Fault | None) -> None:
        is_missing = fault is not None and fault.kind == "query_missing"
        if is_missing or not self.inventory.conditions.query_available:
            raise Refused(errors.NO_SUCH_RESOURCE)

    def _is_visible(self, since: datetime, fault: Fault | None) -> bool:
        """Whether what happened then has reached the copy that questions are answered from."""
        lag = self.inventory.conditions.query_lag_seconds
        if fault is not None and fault.kind == "query_lags":
            lag = fault.seconds
        return self.inventory.world.clock.now() - since >= timedelta(seconds=lag)


def _request_body(seen: Remembered) -> dict[str, object]:
    """What a request was and did; one that was refused did nothing."""
    asking, status = seen.asking, seen.answer.status
    # Sigan answers with the ids of what it made; what was given back was named by the path.
    ids = {
        "externalId": seen.said("externalId")
        or (asking.key if asking.operation == "release_hold" else None),
        "reservationId": seen.said("reservationId")
        or (asking.key if asking.operation == "release_reservation" else None),
    }
    return {
        "requestId": asking.request_id,
        "operation": asking.operation.upper(),
        "status": status,
        **{name: one for name, one in ids.items() if one is not None and status < 400},
    }
