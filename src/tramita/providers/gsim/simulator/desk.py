"""The desk of GSIM: what a request is about, and its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tramita.providers.gsim.simulator.asking import Asking, Refused, document
from tramita.providers.gsim.simulator.catalog import Catalog
from tramita.providers.gsim.simulator.compatibility import Question, check
from tramita.providers.gsim.simulator.conditions import Conditions
from tramita.providers.gsim.simulator.fixtures import Brand
from tramita.providers.gsim.simulator.lines import AssignmentOrder, Lines
from tramita.providers.gsim.simulator.memory import Memory
from tramita.providers.gsim.simulator.pages import brand_shown, matching, page_answer
from tramita.simulation.calls import Answer
from tramita.simulation.world import World

ONCE = frozenset({"assign_sim", "release_sim"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything GSIM knows, and the answer to every request."""

    world: World
    catalog: Catalog
    lines: Lines
    memory: Memory
    conditions: Conditions

    def fields(self, asking: Asking) -> dict[str, str]:
        """What faults may match of a request; ``page``, ``size`` and ``q`` as they were sent."""
        match asking.operation:
            case "list_models":
                return {**asking.query, "brand_id": asking.key}
            case "assign_sim" | "release_sim" | "read_sim":
                msisdn = self._number_of(asking)
                return {"iccid": asking.key, "msisdn": msisdn, "ddd": msisdn[2:4]}
            case "read_request":
                return {"request_id": asking.key}
            case _:
                return dict(asking.query)

    def answer(self, asking: Asking) -> Answer:
        """The answer, with its effect unless the request was seen before."""
        effect = self._effect_of(asking)
        if asking.operation not in ONCE or not asking.is_ours:
            return _said(asking, effect)
        return _said(asking, lambda: self.memory.once(asking, effect))

    def answer_anew(self, asking: Asking) -> Answer:
        """The answer as if the request had never been seen."""
        return _said(asking, self._effect_of(asking))

    def answer_as_of(self, asking: Asking, at: datetime) -> Answer:
        """The answer of a system that knows nothing yet of what happened after ``at``."""
        match asking.operation:
            case "read_sim":
                return _said(asking, lambda: Answer(200, self.lines.find(asking.key).shown_at(at)))
            case "read_request":
                return _said(asking, lambda: self._read_request(asking, until=at))
            case _:
                return self.answer(asking)

    def brand(self, brand_id: str) -> Brand:
        """The brand; raise ``Refused`` with 404 otherwise."""
        brand = self.catalog.find_brand(brand_id)
        if brand is None:
            raise Refused(404, "BRAND_NOT_FOUND", "There is no such brand.")
        return brand

    def forget(self) -> None:
        """Lose every record; conditions stay."""
        self.catalog.forget()
        self.lines.forget()
        self.memory.forget()

    def _effect_of(self, asking: Asking) -> Callable[[], Answer]:
        if not asking.is_ours:
            return _refuse_stranger
        clerks: dict[str, Callable[[Asking], Answer]] = {
            "list_brands": self._list_brands,
            "list_models": self._list_models,
            "check_esim": self._check_esim,
            "assign_sim": self._assign,
            "release_sim": self._release,
            "read_sim": lambda asking: Answer(200, self.lines.find(asking.key).shown()),
            "read_request": self._read_request,
        }
        return lambda: clerks[asking.operation](asking)

    def _list_brands(self, asking: Asking) -> Answer:
        items = [brand_shown(brand) for brand in self.catalog.brands]
        return page_answer(items, asking, updated_at=self.catalog.updated_at)

    def _list_models(self, asking: Asking) -> Answer:
        brand = self.brand(asking.key)
        models = matching(brand.models, asking.query.get("q", ""))
        items = [model.shown() for model in models]
        return page_answer(items, asking, updated_at=brand.updated_at)

    def _check_esim(self, asking: Asking) -> Answer:
        return Answer(200, check(self.catalog, document(asking.body, Question)))

    def _assign(self, asking: Asking) -> Answer:
        order = document(asking.body, AssignmentOrder)
        return Answer(202, self.lines.assign(asking.key, order, request_id=asking.request_id))

    def _release(self, asking: Asking) -> Answer:
        return Answer(202, self.lines.release(asking.key, request_id=asking.request_id))

    def _read_request(self, asking: Asking, *, until: datetime | None = None) -> Answer:
        seen = self.memory.find(asking.key)
        if seen is None or (until is not None and seen.at > until):
            raise Refused(404, "REQUEST_NOT_FOUND", "No such request was ever seen.")
        shown = {"requestId": asking.key, "operation": seen.asking.operation}
        if seen.answer.status >= 400:
            return Answer(200, shown | {"status": "REFUSED", "code": seen.said("code")})
        status, assignment_id = seen.said("status"), seen.said("assignmentId")
        if assignment_id is None:
            return Answer(200, shown | {"status": status})
        assignment = self.lines.find_assignment(assignment_id)
        if assignment is not None and seen.asking.operation == "assign_sim":
            status = assignment.status
        return Answer(200, shown | {"status": status, "assignmentId": assignment_id})

    def _number_of(self, asking: Asking) -> str:
        """The number a request is about, as far as it can be made out."""
        if asking.operation == "assign_sim":
            try:
                return document(asking.body, AssignmentOrder).msisdn
            except Refused:
                return ""
        sim = self.lines.sims.get(asking.key)
        return "" if sim is None or sim.holder is None else sim.holder.msisdn


def _said(asking: Asking, effect: Callable[[], Answer]) -> Answer:
    try:
        return effect()
    except Refused as refused:
        return refused.answer(asking.request_id)


def _refuse_stranger() -> Answer:
    raise Refused(401, "UNAUTHORIZED", "The token is not known.")
