"""How GSIM words and bends the answer to one request. It signs no answers."""

from dataclasses import dataclass

from tramita.providers.gsim.simulator.asking import Asking, error_answer
from tramita.providers.gsim.simulator.bending import bend_format, code_of
from tramita.providers.gsim.simulator.pages import unchanged
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.wire import Parcel


@dataclass(frozen=True, slots=True)
class GSIMVoice:
    """The vendor's side of ``tramita.simulation.calls.Voice``."""

    asking: Asking

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The error envelope of a fault."""
        message = f"Simulated: {fault.kind}."
        code = code_of(fault, status)
        return error_answer(status, code, message, request_id=self.asking.request_id)

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Deny that a list has changed, or break the format of the answer."""
        if fault.kind == "etag_lies":
            tag = self.asking.if_none_match
            return unchanged(tag) if tag and answer.status == 200 else answer
        return bend_format(answer, fault)

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as bytes; nothing follows a 304."""
        del is_forged  # There is no signature to forge.
        headers = {"content-type": "application/json", "x-request-id": self.asking.request_id}
        body = b"" if answer.status == 304 else answer.encoded()
        return Parcel(answer.status, tuple((headers | dict(answer.headers)).items()), body)
