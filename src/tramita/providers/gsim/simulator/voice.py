"""How GSIM words and bends the answer to one request. It signs no answers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import msgspec

from tramita.providers.gsim.simulator.asking import Asking, error_answer
from tramita.providers.gsim.simulator.bending import bend_format, code_of
from tramita.providers.gsim.simulator.desk import Desk
from tramita.providers.gsim.simulator.fixtures import Brand, Model
from tramita.providers.gsim.simulator.pages import matching, page_in, unchanged
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.wire import Parcel

Listed = TypeVar("Listed", Brand, Model)


@dataclass(frozen=True, slots=True)
class GSIMVoice:
    """The vendor's side of ``tramita.simulation.calls.Voice``.

    ``was_seen``: whether the request's id was known before it came.
    """

    desk: Desk
    asking: Asking
    was_seen: bool

    def refusal(self, fault: Fault, status: int) -> Answer:
        """The error envelope of a fault."""
        message = f"Simulated: {fault.kind}."
        code = code_of(fault, status)
        return error_answer(status, code, message, request_id=self.asking.request_id)

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        """Bend the answer, or do what only looks like an ordinary answer."""
        match fault.kind:
            case "request_id_ignored":
                return self.desk.answer_anew(self.asking) if self.was_seen else answer
            case "request_replayed":
                return self.desk.answer(self.asking)
            case "stale_read":
                at = self.desk.world.clock.now() - timedelta(seconds=fault.seconds)
                return self.desk.answer_as_of(self.asking, at)
            case "callback_after_cancel":
                self._tell_late(answer)
                return answer
            case "list_changes":
                self._change_list(answer)
                return answer
            case "etag_lies":
                tag = self.asking.if_none_match
                return unchanged(tag) if tag and answer.status == 200 else answer
            case _:
                return bend_format(answer, fault)

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        """The answer as bytes; nothing follows a 304."""
        del is_forged  # There is no signature to forge.
        body = answer.body if isinstance(answer.body, bytes) else msgspec.json.encode(answer.body)
        headers = {"content-type": "application/json", "x-request-id": self.asking.request_id}
        if answer.status == 304:
            body = b""
        return Parcel(answer.status, tuple((headers | dict(answer.headers)).items()), body)

    def _tell_late(self, answer: Answer) -> None:
        """Tell of an activation after its end, as if the callback had been on its way."""
        if self.asking.operation != "release_sim" or answer.status != 202:
            return
        assignment = self.desk.lines.find(self.asking.key).assignment
        if assignment is not None:
            self.desk.lines.callbacks.tell("ACTIVATED", assignment)

    def _change_list(self, answer: Answer) -> None:
        """Move the first item after this page to the front, so that no later page shows it.

        The last item of this page comes again on the next one. After the last page, the
        last item moves.
        """
        if answer.status not in (200, 304):
            return
        catalog = self.desk.catalog
        end = page_in(self.asking.query).end
        if self.asking.operation == "list_brands":
            catalog.move_to_front(_at(catalog.brands, end))
        elif self.asking.operation == "list_models":
            brand = self.desk.brand(self.asking.key)
            models = matching(brand.models, self.asking.query.get("q", ""))
            if models:
                catalog.move_to_front(brand, _at(models, end))


def _at(items: list[Listed], place: int) -> Listed:
    return items[min(place, len(items) - 1)]
