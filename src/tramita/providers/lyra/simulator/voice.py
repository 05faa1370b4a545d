"""How Lyra hears a request and answers it: under number and password, in envelopes with HTTP 200."""

import hmac
from base64 import b64encode
from dataclasses import dataclass

from tramita.providers.lyra.simulator.bodies import envelope, error
from tramita.providers.lyra.simulator.errors import UNAUTHORIZED
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, Refused
from tramita.simulation.front.bending import bend_format
from tramita.simulation.front.voice import JSONVoice
from tramita.simulation.world import World


@dataclass(frozen=True, slots=True)
class LyraVoice(JSONVoice):
    """``token`` is ``number:password``."""

    world: World

    def hear(self, asking: Asking) -> Asking:
        """Nobody is listened to without number and password."""
        known = f"Basic {b64encode(self.token.encode()).decode()}"
        shown = asking.headers.get("authorization", "")
        if not hmac.compare_digest(shown.encode(), known.encode()):
            raise Refused(UNAUTHORIZED)
        return asking

    def say_no(self, refused: Refused) -> Answer:
        """An envelope with an error; its HTTP status is 200 unless something is broken."""
        no = refused.error
        body = envelope(
            self.asking.operation,
            error(no.code, no.message),
            at=self.world.clock.now(),
            ok=False,
        )
        return Answer(no.status, body, no.headers)

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Break the format of the answer, where it says anything."""
        return bend_format(answer, fault, usual="answer")
