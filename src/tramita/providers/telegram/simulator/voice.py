"""How this simulated Bot API hears a request and answers it: the token in the path, ``ok`` in front."""

import hmac
from dataclasses import dataclass, replace

from tramita.providers.telegram.simulator import errors
from tramita.providers.telegram.simulator.conditions import Conditions
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, Refused
from tramita.simulation.front.bending import bend_format
from tramita.simulation.front.voice import JSONVoice
from tramita.simulation.wire import Parcel

_HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
)
_MIGRATED_TO = -1001234567890


@dataclass(frozen=True, slots=True)
class BotVoice(JSONVoice):
    """``token`` is the bot's; nobody is heard without it."""

    conditions: Conditions

    def hear(self, asking: Asking) -> Asking:
        """Another path is nothing, another token nobody's."""
        shown = asking.keys.get("bot", "")
        if not shown.startswith("bot"):
            raise Refused(errors.NOT_FOUND)
        is_ours = hmac.compare_digest(shown.encode(), f"bot{self.token}".encode())
        if not is_ours or self.conditions.is_revoked:
            raise Refused(errors.UNAUTHORIZED)
        return asking

    def say_no(self, refused: Refused) -> Answer:
        """``{"ok": false, "error_code", "description"}``, and parameters where there are any."""
        error = refused.error
        said = f"{error.code}: {error.message}" if error.message else error.code
        body = {"ok": False, "error_code": error.status, "description": said, **refused.more}
        return Answer(error.status, body, error.headers)

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The error of a fault, with its parameters."""
        if fault.kind == "bad_gateway":
            return Answer(status, _HTML, {"content-type": "text/html"})
        usual = replace(self.errors.of(status, fault.kind), status=status)
        if fault.kind == "migrated":
            to = int(fault.argument("to", float(_MIGRATED_TO)))
            return self.say_no(Refused(usual, parameters={"migrate_to_chat_id": to}))
        if status == errors.TOO_MANY.status:
            wait = int(fault.argument("retry_after", 5.0))
            headers = {"retry-after": str(wait)}
            flood = replace(usual, message=f"retry after {wait}", headers=headers)
            return self.say_no(Refused(flood, parameters={"retry_after": wait}))
        return self.say_no(Refused(usual))

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Break the format of what is answered."""
        return bend_format(answer, fault, usual="result")

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as bytes."""
        del is_forged  # There is no signature to forge.
        headers = {"content-type": "application/json"} | dict(answer.headers)
        return Parcel(answer.status, tuple(headers.items()), answer.encoded())
