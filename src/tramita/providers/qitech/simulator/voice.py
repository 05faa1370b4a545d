"""How QI Tech words, bends and signs the answer to one request."""

from dataclasses import dataclass
from typing import Any

from tramita.providers.qitech.simulator.bending import (
    LASTING,
    PORTABILITY,
    REPRICED,
    bend_format,
    reprice,
)
from tramita.providers.qitech.simulator.envelopes import (
    CHANGE_TOO_SMALL,
    NOT_AUTHENTIC,
    UNKNOWN_CLIENT,
    error_of_status,
)
from tramita.providers.qitech.simulator.office import Office
from tramita.providers.qitech.simulator.seal import Letter, Seal
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.wire import Parcel


@dataclass(frozen=True, slots=True)
class QITechVoice:
    """The vendor's side of ``tramita.simulation.calls.Voice``."""

    office: Office
    seal_of_both: Seal
    letter: Letter
    base_url: str

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The envelope of a fault, by its code in the notes or by its status."""
        match fault.kind:
            case "400_business":
                return CHANGE_TOO_SMALL.answer()
            case "401_clock":
                return NOT_AUTHENTIC.answer("timestamp is out of range")
            case "404_key":
                return UNKNOWN_CLIENT.answer()
            case _:
                return error_of_status(status).answer()

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Bend a proposal; an answer that shows none stays as it is."""
        body: Any = answer.body
        if not isinstance(body, dict) or PORTABILITY not in body:
            return answer
        proposal = self.office.book.find(body.get("proposal_key", ""))
        if proposal is None:
            return Answer(answer.status, bend_format(body, fault))
        if fault.kind in REPRICED:
            reprice(proposal, fault.kind)
        elif fault.kind in LASTING:
            proposal.bends.append(fault.kind)
        else:
            status = 202 if fault.kind == "accepted_202" else answer.status
            return Answer(status, bend_format(body, fault))
        return Answer(answer.status, self.office.body_of(proposal, self.base_url))

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as signed bytes."""
        return self.seal_of_both.close(answer, self.letter, is_forged=is_forged)
