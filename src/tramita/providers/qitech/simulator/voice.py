"""How QI Tech hears, words, bends and signs one request and its answer."""

from dataclasses import dataclass, field, replace
from typing import Any

from tramita.providers.qitech.simulator.bending import (
    LASTING,
    PORTABILITY,
    REPRICED,
    bend_format,
    reprice,
)
from tramita.providers.qitech.simulator.envelopes import ERRORS
from tramita.providers.qitech.simulator.office import Office
from tramita.providers.qitech.simulator.seal import Letter, Seal, generation_of
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, Refused
from tramita.simulation.wire import Parcel


@dataclass(slots=True)
class QITechVoice:
    """The vendor's side of ``tramita.simulation.front.voice.Voice``."""

    office: Office
    seals: Seal
    asking: Asking
    letter: Letter = field(init=False)

    def __post_init__(self) -> None:
        """A request that is not authentic is answered in its generation too."""
        self.letter = Letter(self.asking, generation_of(self.asking))

    def hear(self, asking: Asking) -> Asking:
        """Open the letter."""
        self.letter = self.seals.open(asking)
        return replace(asking, body=self.letter.body)

    def say_no(self, refused: Refused) -> Answer:
        """The one envelope of every API: title, description, translation and code."""
        error = refused.error
        body = {"description": error.message, "code": error.code, **refused.more}
        return Answer(error.status, body)

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The envelope of a fault, by its code in the notes or by its status."""
        return self.say_no(Refused(ERRORS.of(status, fault.kind)))

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Bend a proposal; an answer that shows none stays as it is."""
        body: Any = answer.body
        if not isinstance(body, dict) or PORTABILITY not in body:
            return answer
        proposal = self.office.book.find(body.get("proposal_key", ""))
        if proposal is not None and fault.kind in REPRICED:
            reprice(proposal, fault.kind)
        elif proposal is not None and fault.kind in LASTING:
            proposal.bends.append(fault.kind)
        else:
            return bend_format(answer, body, fault)
        return Answer(answer.status, self.office.body_of(proposal, self.asking.base_url))

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as signed bytes."""
        return self.seals.close(answer, self.letter, is_forged=is_forged)
