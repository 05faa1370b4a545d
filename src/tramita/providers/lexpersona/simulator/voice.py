"""How this simulated Lex Persona hears a request, and says no."""

from dataclasses import dataclass
from http import HTTPStatus

from tramita.providers.lexpersona.simulator import errors
from tramita.providers.lexpersona.simulator.book import Book
from tramita.providers.lexpersona.simulator.records import made_id
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Refused
from tramita.simulation.front.voice import JSONVoice


@dataclass(frozen=True, slots=True)
class LexPersonaVoice(JSONVoice):
    """A bearer token, that of an invitation where documents are chosen; errors in its envelope."""

    book: Book

    def hear(self, asking: Asking) -> Asking:
        """Nobody is listened to without a token."""
        if asking.operation != "make_request":
            # By name: ``super()`` finds no class with slots.
            return JSONVoice.hear(self, asking)
        shown = asking.headers.get("authorization", "").removeprefix("Bearer ")
        if shown not in self.book.invitations:
            raise Refused(errors.UNAUTHORIZED)
        return asking

    def say_no(self, refused: Refused) -> Answer:
        """The envelope of an error."""
        error = refused.error
        known = {one.value: one.phrase for one in HTTPStatus}
        body = {
            "status": error.status,
            "error": known.get(error.status, "Error"),
            "message": error.message,
            "requestId": self.asking.request_id,
            "code": error.code,
            "logId": made_id("log"),
            **refused.more,
        }
        return Answer(error.status, body, error.headers)
