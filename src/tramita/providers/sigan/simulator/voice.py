"""How this simulated Sigan words and bends the answer to one request."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tramita.providers.sigan.simulator import errors
from tramita.providers.sigan.simulator.bending import bend
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Error, Refused
from tramita.simulation.front.voice import JSONVoice

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


class SiganVoice(JSONVoice):
    """Plain JSON, with an error in a success now and then."""

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The envelope of a fault, by its kind or by its status."""
        if fault.kind == "business_error_in_200":
            usual = _USUAL_ERROR[self.asking.operation]
            said = errors.BY_CODE.get(fault.argument("code", usual.code), usual)
            return self.say_no(Refused(replace(said, status=status)))
        if fault.kind == "insufficient_stock":
            return self.say_no(Refused(errors.INSUFFICIENT_STOCK, available=0))
        return super().refusal(fault, status)

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """The answer, bent as one of Sigan's own kinds says."""
        return bend(answer, fault)
