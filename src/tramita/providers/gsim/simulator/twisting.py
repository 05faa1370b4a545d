"""Faults under which GSIM does something else than it was asked to, or knows less than it has."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from tramita.providers.gsim.simulator.asking import Asking
from tramita.providers.gsim.simulator.desk import Desk
from tramita.providers.gsim.simulator.fixtures import Brand, Model
from tramita.providers.gsim.simulator.pages import matching, page_in
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault

Listed = TypeVar("Listed", Brand, Model)


@dataclass(frozen=True, slots=True)
class Twist:
    """Takes the place of a request's ordinary effect."""

    desk: Desk
    asking: Asking

    def __call__(self, fault: Fault) -> Answer:
        """Do what the fault says, and answer as if nothing were wrong."""
        match fault.kind:
            case "request_id_ignored":
                return self.desk.answer_anew(self.asking)
            case "stale_read":
                at = self.desk.world.clock.now() - timedelta(seconds=fault.seconds)
                return self.desk.answer_as_of(self.asking, at)
        answer = self.desk.answer(self.asking)
        match fault.kind:
            case "request_replayed":
                return self.desk.answer(self.asking)
            case "callback_after_cancel":
                self._tell_late(answer)
            case _:  # list_changes, the last of the kinds.
                self._change_list(answer)
        return answer

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
