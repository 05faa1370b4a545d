"""What the base answers to each request. SIMULATED."""

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

from litestar import HttpMethod
from litestar.types import ASGIApp, ControllerRouterHandler

from tramita.providers.onec.simulator.acts import BUTTONS, OneCOperator
from tramita.providers.onec.simulator.book import Book, Document, DocumentJob
from tramita.providers.onec.simulator.conditions import Conditions
from tramita.providers.onec.simulator.days import SCENARIOS
from tramita.providers.onec.simulator.dirt import dated
from tramita.providers.onec.simulator.errors import ERRORS, MALFORMED
from tramita.providers.onec.simulator.fetching import Fetching
from tramita.providers.onec.simulator.licences import Licences
from tramita.providers.onec.simulator.odata import ROOT, ODataDesk
from tramita.providers.onec.simulator.pages import page_routes
from tramita.providers.onec.simulator.pushes import CALLBACKS_KEY, DEMO_CALLER, Pushes
from tramita.providers.onec.simulator.requests import (
    AskedDocument,
    Cancelled,
    SentAgent,
    SentApplication,
    SentFiles,
    SentPayment,
)
from tramita.providers.onec.simulator.voice import OneCVoice
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front import bending
from tramita.simulation.front.asking import Asking, Task
from tramita.simulation.front.orders import Order, Shown
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.kinds import Conduct, Step
from tramita.simulation.routes import HTTPRequest
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator
from tramita.simulation.wire import Delivery

_SERVICE = "/hs/payapp/v1"
_READY, _RUNNING, _UNKNOWN, _FAILED = 10200, 10202, 10404, 10500
KINDS = {
    **bending.KINDS,
    "html_with_200": Conduct(Step.BEND),
    "locked": Conduct(Step.REFUSE, status=423),
    "posting_refused": Conduct(Step.REFUSE, status=409),
    "internal": Conduct(Step.REFUSE, status=500, after_effect=True),
    "created_twice": Conduct(Step.TWIST),
    "internal_page": Conduct(Step.REFUSE, status=500, after_effect=True),
    "revision_stale": Conduct(Step.REFUSE, status=409),
    "too_late": Conduct(Step.REFUSE, status=409),
}


class OneC(Vendor):
    """One base, and the answer to every request."""

    key = "onec"
    title = "1C (simulated)"
    table = (
        (HttpMethod.GET, f"{_SERVICE}/ping", "ping"),
        (HttpMethod.POST, f"{_SERVICE}/applications", "create_application"),
        (HttpMethod.GET, f"{_SERVICE}/applications/{{key:str}}", "find_application"),
        (HttpMethod.PUT, f"{_SERVICE}/applications/{{key:str}}", "update_application"),
        (HttpMethod.POST, f"{_SERVICE}/applications/{{key:str}}/cancel", "cancel_application"),
        (HttpMethod.POST, f"{_SERVICE}/applications/{{key:str}}/payment-status", "tell_payment"),
        (HttpMethod.POST, f"{_SERVICE}/applications/{{key:str}}/agent", "tell_agent"),
        (HttpMethod.POST, f"{_SERVICE}/applications/{{key:str}}/files", "tell_files"),
        (HttpMethod.POST, f"{_SERVICE}/document-jobs", "ask_document"),
        (HttpMethod.GET, f"{_SERVICE}/document-jobs/{{key:str}}", "find_job"),
        (HttpMethod.GET, ROOT, "odata_service"),
        (HttpMethod.POST, f"{ROOT}/{{key:str}}", "odata_create"),
        (HttpMethod.GET, f"{ROOT}/{{key:str}}", "odata_read"),
        (HttpMethod.PATCH, f"{ROOT}/{{key:str}}", "odata_write"),
        (HttpMethod.POST, f"{ROOT}/{{key:str}}/Post", "odata_post"),
        (HttpMethod.POST, f"{ROOT}/{{key:str}}/Unpost", "odata_unpost"),
    )
    kinds = KINDS
    errors = ERRORS
    demo_token = "Платформа:onec-demonstration-password"
    buttons = BUTTONS
    scenarios = SCENARIOS
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        self.book = Book(self.world, self.conditions)
        self.licences = Licences(self.world.clock, self.world.random, self.conditions)
        caller = settings.credentials.get(CALLBACKS_KEY, DEMO_CALLER)
        self.pushes = Pushes(self.world, self.book, caller)
        office = self.world.post_office
        office.subscribe_by_default(settings.webhook_url(self.key))
        office.sign, office.manners = self.pushes.sign, self.pushes.job
        self.fetching = Fetching(self.book, self.pushes, self._make_later)
        self.odata = ODataDesk(self.book, self._make_later)
        self.operator = OneCOperator(self.book, self.licences, self.pushes, self.agenda)

    def voice(self, asking: Asking) -> OneCVoice:
        """A web server, and the service behind it."""
        return OneCVoice(asking, self.errors, self.token, self.conditions, self.licences)

    def orders(self) -> Mapping[str, Order[Any]]:
        """What people there can be told."""
        return {**super().orders(), **self.operator.orders()}

    def shown(self) -> Shown:
        """Documents in numbers, and conditions."""
        return {**self.operator.shown(), **self.conditions.shown()}

    def routes(self) -> list[ControllerRouterHandler]:
        """The service, and the desk of whoever works in the base."""
        return [*super().routes(), *page_routes(self.operator)]

    def simulator(self) -> Simulator:
        """The base, and its background job beside it."""
        return replace(super().simulator(), beside=self.fetching.running)

    def forget(self) -> None:
        """Lose every record."""
        self.book.forget()
        self.licences.forget()
        self.pushes.forget()

    async def receive(self, request: HTTPRequest, operation: str) -> ASGIApp:
        """Play one request; a base behind somebody's wall hears none."""
        if self.conditions.is_reachable:
            return await super().receive(request, operation)
        at = self.world.clock.now()
        entry = self.world.journal.open(
            at=at, request_id="", method=request.method, path=request.scope["path"]
        )
        return Delivery(None, entry, perf_counter(), Step.RESET_BEFORE)

    def prepare(self, asking: Asking) -> Task:
        """What an application is called is matched."""
        if asking.operation.startswith("odata"):
            return self.odata.prepare(asking)
        match asking.operation:
            case "create_application":
                sent = asking.read(SentApplication, MALFORMED)
                return Task(_fields(sent), lambda fault: self._create(sent, asking, fault))
            case "update_application":
                sent = asking.read(SentApplication, MALFORMED)
                return Task(_fields(sent), lambda _: self._update(sent, asking))
            case "find_application":
                return Task({"external_id": asking.key}, lambda _: self._find(asking))
            case "cancel_application":
                given = asking.read(Cancelled, MALFORMED)
                return Task({"external_id": asking.key}, lambda _: self._cancel(given, asking))
            case "tell_payment" | "tell_agent" | "tell_files":
                return self._prepare_word(asking)
            case "ask_document":
                asked = asking.read(AskedDocument, MALFORMED)
                fields = {"external_id": asked.external_id, "kind": asked.kind}
                return Task(fields, lambda _: self._ask(asked, asking))
            case "find_job":
                return Task({"job_id": asking.key}, lambda _: self._find_job(asking))
            case _:  # ping, the last of the operations.
                said = {"version": "8.3.27.1508", "time": dated(self.book.now)}
                return Task({}, lambda _: Answer(200, said))

    def _prepare_word(self, asking: Asking) -> Task:
        """What is said besides an application's form."""
        fields, of = {"external_id": asking.key}, asking.request_id
        match asking.operation:
            case "tell_payment":
                paid = asking.read(SentPayment, MALFORMED)
                fields["status"] = paid.payment_status
                return Task(fields, lambda _: _told(self.book.pay(paid, request_id=of)))
            case "tell_agent":
                named = asking.read(SentAgent, MALFORMED)
                return Task(fields, lambda _: _told(self.book.name(named, request_id=of)))
            case _:
                filed = asking.read(SentFiles, MALFORMED)
                return Task(fields, lambda _: _told(self.book.attach(filed, request_id=of)))

    def _create(self, sent: SentApplication, asking: Asking, fault: Fault | None) -> Answer:
        is_known = self.conditions.is_idempotent and fault is None
        before = len(self.book.documents)
        made = self.book.create(sent, request_id=asking.request_id, is_known=is_known)
        return Answer(201 if len(self.book.documents) > before else 200, shown(made))

    def _update(self, sent: SentApplication, asking: Asking) -> Answer:
        return Answer(200, shown(self.book.update(sent, request_id=asking.request_id)))

    def _find(self, asking: Asking) -> Answer:
        return Answer(200, shown(self.book.get(asking.key)))

    def _cancel(self, given: Cancelled, asking: Asking) -> Answer:
        known = self.book.cancel(asking.key, given.reason, request_id=asking.request_id)
        return Answer(200, shown(known))

    def _ask(self, asked: AskedDocument, asking: Asking) -> Answer:
        job = self.book.ask(asked, request_id=asking.request_id)
        self._make_later(job)
        return Answer(202, self._shown_job(job))

    def _make_later(self, job: DocumentJob) -> None:
        """A document that was asked for is made, and sent, when its time has come."""
        self.agenda.plan(("job", job.job_id), job.ready_at, lambda _: self.operator.deliver(job))

    def _find_job(self, asking: Asking) -> Answer:
        job = self.book.jobs.get(asking.key)
        if job is None:
            return Answer(200, {"job_id": asking.key, "code": _UNKNOWN})
        return Answer(200, self._shown_job(job))

    def _shown_job(self, job: DocumentJob) -> dict[str, object]:
        if job.failure:
            code = _FAILED
        else:
            code = _READY if self.world.clock.now() >= job.ready_at else _RUNNING
        return {
            "job_id": job.job_id,
            "code": code,
            "state": "generating" if code == _RUNNING else "",
            "message": job.failure,
        }


def shown(one: Document) -> dict[str, object]:
    """A document as the service answers it."""
    return {
        "external_id": one.external_id,
        "ref_key": str(one.ref),
        "number": one.number,
        "date": dated(one.date),
        "accepted_revision": one.revision,
        "state": "cancelled" if one.is_marked else one.state,
        "payment_status": one.payment,
        "message_no": one.heard,
    }


def _told(one: Document) -> Answer:
    return Answer(200, shown(one))


def _fields(sent: SentApplication) -> dict[str, str]:
    return {"external_id": sent.external_id, "revision": str(sent.revision)}


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """1C on loopback."""
    return OneC(settings).simulator()
