"""How a vendor hears and answers one request: plain JSON and a bearer token, or its own way."""

import hmac
from dataclasses import dataclass, replace
from typing import Protocol

from tramita.simulation import calls
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, ErrorTable, Refused
from tramita.simulation.front.bending import bend_format
from tramita.simulation.wire import Parcel

_BODILESS = (204, 304)


class Voice(calls.Voice, Protocol):
    """How a vendor hears a request, and answers it."""

    def hear(self, asking: Asking) -> Asking:
        """The request, authentic and with its plain body; may raise ``Refused``."""
        ...

    def say_no(self, refused: Refused) -> Answer:
        """A refusal in the vendor's envelope."""
        ...


@dataclass(frozen=True, slots=True)
class JSONVoice:
    """A token in ``Authorization: Bearer``, and JSON without signatures; ``asking`` as it came."""

    asking: Asking
    errors: ErrorTable
    token: str

    def hear(self, asking: Asking) -> Asking:
        """Nobody is listened to without the token."""
        shown, known = asking.headers.get("authorization", ""), f"Bearer {self.token}"
        if not hmac.compare_digest(shown.encode(), known.encode()):
            raise Refused(self.errors.of(401))
        return asking

    def say_no(self, refused: Refused) -> Answer:
        """``{"code", "message", "requestId"}``, and what belongs to this no alone."""
        error = refused.error
        body = {
            "code": error.code,
            "message": error.message,
            "requestId": self.asking.request_id,
            **refused.more,
        }
        return Answer(error.status, body, error.headers)

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The error of a fault; its argument ``code`` names another."""
        usual = self.errors.of(status, fault.kind)
        code = fault.argument("code", usual.code)
        return self.say_no(Refused(replace(usual, status=status, code=code)))

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Break the format of the answer."""
        return bend_format(answer, fault)

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as bytes; nothing follows a 204 or a 304."""
        del is_forged  # There is no signature to forge.
        headers = {"content-type": "application/json", "x-request-id": self.asking.request_id}
        body = b"" if answer.status in _BODILESS else answer.encoded()
        return Parcel(answer.status, tuple((headers | dict(answer.headers)).items()), body)
