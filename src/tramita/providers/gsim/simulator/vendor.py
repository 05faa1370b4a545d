"""What GSIM answers to each request. SIMULATED, not Vivo's API: all of it is assumed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import HttpMethod

from tramita.providers.gsim.simulator.acts import BUTTONS, GSIMOperator
from tramita.providers.gsim.simulator.bending import KINDS
from tramita.providers.gsim.simulator.callbacks import Callbacks
from tramita.providers.gsim.simulator.catalog import Catalog
from tramita.providers.gsim.simulator.compatibility import Question, check
from tramita.providers.gsim.simulator.conditions import Conditions
from tramita.providers.gsim.simulator.errors import BAD_REQUEST, ERRORS, REQUEST_NOT_FOUND
from tramita.providers.gsim.simulator.lines import AssignmentOrder, Lines
from tramita.providers.gsim.simulator.lists import Lists
from tramita.providers.gsim.simulator.scenarios import SCENARIOS
from tramita.providers.gsim.simulator.voice import GSIMVoice
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front.asking import Asking, Refused, Task
from tramita.simulation.front.orders import Order, Shown
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

# What callbacks are signed with, unless the settings name another under this key.
CALLBACKS_KEY = "gsim-callbacks"
DEMO_CALLBACK_SECRET = "gsim-callbacks-demonstration"


class GSIM(Vendor):
    """Everything GSIM knows, and the answer to every request."""

    key = "gsim"
    title = "GSIM (simulated, not Vivo's API)"
    table = (
        (HttpMethod.GET, "/v1/brands", "list_brands"),
        (HttpMethod.GET, "/v1/brands/{key:str}/models", "list_models"),
        (HttpMethod.POST, "/v1/esim/compatibility", "check_esim"),
        (HttpMethod.POST, "/v1/sims/{key:str}/assignments", "assign_sim"),
        (HttpMethod.DELETE, "/v1/sims/{key:str}/assignments", "release_sim"),
        (HttpMethod.GET, "/v1/sims/{key:str}", "read_sim"),
        (HttpMethod.GET, "/v1/requests/{key:str}", "read_request"),
    )
    kinds = KINDS
    errors = ERRORS
    demo_token = "gsim-demonstration"
    buttons = BUTTONS
    scenarios = SCENARIOS
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        self.world.post_office.subscribe_by_default(settings.webhook_url(self.key))
        secret = settings.credentials.get(CALLBACKS_KEY, DEMO_CALLBACK_SECRET)
        self.lists = Lists(Catalog(self.world.clock))
        self.lines = Lines(self.world, Callbacks(self.world, secret), self.conditions)
        self.operator = GSIMOperator(self.world, self.lists, self.lines)

    def voice(self, asking: Asking) -> GSIMVoice:
        """Plain JSON."""
        return GSIMVoice(asking, self.errors, self.token)

    def orders(self) -> Mapping[str, Order[Any]]:
        """What GSIM's operator can be told."""
        return {**super().orders(), **self.operator.orders()}

    def shown(self) -> Shown:
        """Stock and list in numbers, the SIM cards to be taken next, and conditions."""
        return {**self.operator.shown(), **self.conditions.shown()}

    def forget(self) -> None:
        """Lose every record."""
        self.lists.catalog.forget()
        self.lines.forget()

    def prepare(self, asking: Asking) -> Task:
        """``page``, ``size`` and ``q`` may be matched as they were sent."""
        match asking.operation:
            case "list_brands":
                return Task(asking.parameters, lambda fault: self.lists.brands(asking, fault))
            case "list_models":
                fields = {**asking.parameters, "brand_id": asking.key}
                return Task(fields, lambda fault: self.lists.models(asking, fault))
            case "check_esim":
                return Task(asking.parameters, lambda _: self._check_esim(asking))
            case "assign_sim":
                fields = self._fields(asking, _number_in(asking))
                return Task(fields, lambda _: self._assign(asking), is_once=True)
            case "release_sim":
                fields = self._fields(asking)
                return Task(fields, lambda fault: self._release(asking, fault), is_once=True)
            case "read_sim":
                return Task(self._fields(asking), lambda fault: self._read_sim(asking, fault))
            case _:  # read_request, the last of the operations.
                fields = {"request_id": asking.key}
                return Task(fields, lambda fault: self._read_request(asking, fault))

    def _check_esim(self, asking: Asking) -> Answer:
        return Answer(200, check(self.lists.catalog, asking.read(Question, BAD_REQUEST)))

    def _assign(self, asking: Asking) -> Answer:
        order = asking.read(AssignmentOrder, BAD_REQUEST)
        return Answer(202, self.lines.assign(asking.key, order, request_id=asking.request_id))

    def _release(self, asking: Asking, fault: Fault | None) -> Answer:
        """Let the number go; a fault tells of an activation afterwards, as if it came late."""
        answer = Answer(202, self.lines.release(asking.key, request_id=asking.request_id))
        assignment = self.lines.find(asking.key).assignment
        if fault is not None and fault.kind == "callback_after_cancel" and assignment is not None:
            self.lines.callbacks.tell("ACTIVATED", assignment)
        return answer

    def _read_sim(self, asking: Asking, fault: Fault | None) -> Answer:
        sim, at = self.lines.find(asking.key), self._as_of(fault)
        return Answer(200, sim.shown() if at is None else sim.shown_at(at))

    def _read_request(self, asking: Asking, fault: Fault | None) -> Answer:
        seen, at = self.memory.find(asking.key), self._as_of(fault)
        if seen is None or (at is not None and seen.at > at):
            raise Refused(REQUEST_NOT_FOUND)
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

    def _as_of(self, fault: Fault | None) -> datetime | None:
        """The moment after which nothing is known yet, under a fault that reads what is stale."""
        if fault is None or fault.kind != "stale_read":
            return None
        return self.world.clock.now() - timedelta(seconds=fault.seconds)

    def _fields(self, asking: Asking, msisdn: str | None = None) -> dict[str, str]:
        """SIM card, number and area code, as far as they can be made out."""
        if msisdn is None:
            sim = self.lines.sims.get(asking.key)
            msisdn = "" if sim is None or sim.holder is None else sim.holder.msisdn
        return {"iccid": asking.key, "msisdn": msisdn, "ddd": msisdn[2:4]}


def _number_in(asking: Asking) -> str:
    try:
        return asking.read(AssignmentOrder, BAD_REQUEST).msisdn
    except Refused:
        return ""


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """GSIM on loopback."""
    return GSIM(settings).simulator()
