"""How this simulated Sigan words and bends the answer to one request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tramita.providers.sigan.simulator import errors
from tramita.providers.sigan.simulator.bending import bend
from tramita.providers.sigan.simulator.errors import Error, error_of_status
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.wire import Parcel

# Faults that have Sigan refuse what it could do.
REFUSALS: Final[Mapping[str, Error]] = {
    "insufficient_stock": errors.INSUFFICIENT_STOCK,
    "number_taken": errors.NUMBER_TAKEN,
    "hold_expired": errors.HOLD_EXPIRED,
    "token_expired": errors.UNAUTHORIZED,
}
# What a success with an error in it says unless the fault names a code.
_USUAL_ERROR: Final[Mapping[str, Error]] = {
    "pre_reserve": errors.INSUFFICIENT_STOCK,
    "find_hold": errors.HOLD_NOT_FOUND,
    "release_hold": errors.CONSUMED,
    "reserve": errors.NUMBER_TAKEN,
    "find_reservation": errors.RESERVATION_NOT_FOUND,
    "release_reservation": errors.ACTIVE,
    "find_request": errors.REQUEST_UNKNOWN,
    "read_stock": errors.INVALID_DDD,
}


@dataclass(frozen=True, slots=True)
class SiganVoice:
    """The vendor's side of ``tramita.simulation.calls.Voice``; nothing is signed."""

    operation: str
    request_id: str

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The envelope of a fault, by its kind or by its status."""
        if fault.kind == "business_error_in_200":
            usual = _USUAL_ERROR[self.operation]
            said = errors.BY_CODE.get(fault.argument("code", usual.code), usual)
            return replace(said.answer(self.request_id), status=status)
        error = REFUSALS.get(fault.kind) or error_of_status(status)
        more = {"available": 0} if error is errors.INSUFFICIENT_STOCK else {}
        return error.answer(self.request_id, **more)

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """The answer, bent as one of Sigan's own kinds says."""
        return bend(answer, fault)

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as bytes of JSON."""
        headers = {
            "content-type": "application/json",
            "x-request-id": self.request_id,
            **answer.headers,
        }
        return Parcel(answer.status, tuple(headers.items()), answer.encoded())
