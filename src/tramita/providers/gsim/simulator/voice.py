"""How GSIM bends the answer to one request. It signs no answers."""

from tramita.providers.gsim.simulator.pages import unchanged
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.voice import JSONVoice


class GSIMVoice(JSONVoice):
    """Plain JSON; it may deny that a list has changed."""

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Say that there is nothing new, or break the format of the answer."""
        if fault.kind != "etag_lies":
            return super().bend(answer, fault)
        tag = self.asking.headers.get("if-none-match")
        return unchanged(tag) if tag and answer.status == 200 else answer
