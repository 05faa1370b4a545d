"""What the dummy answers to each request. It posts nothing: whoever wants to know has to ask."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal
from uuid import uuid4

from litestar import HttpMethod
from litestar.types import ControllerRouterHandler

from tramita.providers.dummysign.simulator.page import page_routes
from tramita.providers.dummysign.simulator.records import (
    Changed,
    Invited,
    Named,
    New,
    Procedure,
    Sought,
)
from tramita.simulation.calls import Answer
from tramita.simulation.conditions import VendorConditions
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused, Task
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.front.vendor import REPEATED, Vendor
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import UnknownAct, operator_button

NOT_UNDERSTOOD = Error(400, "bad_request", "The request is not understood.")
UNAUTHORIZED = Error(401, "unauthorized", "The token is not known.")
NO_PROCEDURE = Error(404, "procedure_unknown", "There is no such procedure.")
NOT_NOW = Error(409, "not_now", "That cannot be done with it now.")
_PDF = {"content-type": "application/pdf"}


class Conditions(VendorConditions):
    """``signs``: people sign on the page, or both have signed as soon as it is started."""

    signs: Literal["on_page", "by_itself"] = "on_page"


class Person(Wanted):
    """Who acts on which procedure, by its client's word; without one, the latest."""

    subject: str | None = None
    email: str | None = None


class DummySign(Vendor):
    """Every procedure there is."""

    key = "dummysign"
    title = "Dummy signatures"
    table = (
        (HttpMethod.POST, "/upload/{key:str}", "upload"),
        *(
            (HttpMethod.POST, f"/{name}", name)
            for name in (
                *("create", "find", "documents", "start", "invite", "state"),
                *("signatories", "abort", "delete", "file"),
            )
        ),
    )
    kinds: ClassVar = REPEATED
    errors = ErrorTable(NOT_UNDERSTOOD, UNAUTHORIZED, NO_PROCEDURE, NOT_NOW)
    # What its one client shows, unless the settings name another.
    demo_token = "dummysign-demonstration"
    buttons = (
        operator_button("People sign on the page", "set", signs="on_page"),
        operator_button("Both sign at once", "set", signs="by_itself"),
    )
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        self.procedures: dict[str, Procedure] = {}
        self.links: dict[str, tuple[str, list[str]]] = {}

    def prepare(self, asking: Asking) -> Task:
        """What changes something is done once for each request id."""
        do, subject, is_once = self._understood(asking)
        return Task({"subject": subject}, lambda _: do(), is_once=is_once)

    def _understood(self, asking: Asking) -> tuple[Callable[[], Answer], str, bool]:
        match asking.operation:
            case "create":
                new = asking.read(New, NOT_UNDERSTOOD)
                return lambda: self._create(new, asking), new.key, True
            case "find":
                sought = asking.read(Sought, NOT_UNDERSTOOD).key
                return lambda: self._find(sought), sought, False
            case "upload":
                return lambda: self._upload(asking), asking.key, True
            case "invite":
                invited = asking.read(Invited, NOT_UNDERSTOOD)
                return lambda: self._invite(invited, asking), "", False
            case "signatories":
                changed = asking.read(Changed, NOT_UNDERSTOOD)
                return lambda: self._replace(changed, asking), changed.reference, True
        reference = asking.read(Named, NOT_UNDERSTOOD).reference
        known = self.procedures.get(reference)
        subject = known.wanted.key if known else reference
        return lambda: self._about(self._get(reference), asking), subject, False

    def orders(self) -> Mapping[str, Order[Any]]:
        """What people do on the page can be ordered, too."""
        return {
            **super().orders(),
            "sign": Order(Person, self._sign),
            "refuse": Order(Person, self._refuse),
        }

    def shown(self) -> Shown:
        """How many procedures there are, and the conditions."""
        return {"procedures": len(self.procedures), **self.conditions.shown()}

    def forget(self) -> None:
        """Forget everything."""
        self.procedures.clear()
        self.links.clear()

    def routes(self) -> list[ControllerRouterHandler]:
        """The API, and the page."""
        return [*super().routes(), *page_routes(self.shared, self.act_on)]

    def shared(self, token: str) -> tuple[str, list[Procedure]] | None:
        """Whose page this is, and what is on it."""
        if token not in self.links:
            return None
        email, references = self.links[token]
        found = [self.procedures[one] for one in references if one in self.procedures]
        for one in found:
            self._expire(one)
        return email, found

    def act_on(self, procedure: Procedure, email: str, how: str) -> None:
        """Somebody signs or refuses, if it is their turn."""
        self._expire(procedure)
        if not procedure.may_sign(email):
            raise Refused(NOT_NOW)
        if how == "sign":
            procedure.sign(email, self.world.clock.now())
        else:
            procedure.refuse()
        self._record(f"{how}ed" if how == "sign" else "refused", procedure, "people")

    def _create(self, new: New, asking: Asking) -> Answer:
        made = Procedure(new)
        self.procedures[made.reference] = made
        self._record("created", made, asking.request_id)
        return Answer(201, {"reference": made.reference})

    def _find(self, key: str) -> Answer:
        found = [one.reference for one in self.procedures.values() if one.wanted.key == key]
        return Answer(200, {"references": found})

    def _upload(self, asking: Asking) -> Answer:
        procedure = self._get(asking.key)
        if procedure.status != "draft" or not asking.body.startswith(b"%PDF-"):
            raise Refused(NOT_NOW)
        procedure.documents.append(asking.body)
        self._record("uploaded", procedure, asking.request_id)
        return Answer(200, {"digest": procedure.digests()[-1]})

    def _invite(self, invited: Invited, asking: Asking) -> Answer:
        found = [self._get(one) for one in invited.references]
        if not found or not all(one.may_sign(invited.email) for one in found):
            raise Refused(NOT_NOW)
        token = uuid4().hex
        self.links[token] = invited.email, invited.references
        return Answer(200, {"link": f"{asking.base_url}/sign?requestToken={token}#sign"})

    def _replace(self, changed: Changed, asking: Asking) -> Answer:
        procedure = self._get(changed.reference)
        parties = {one.party for one in changed.signatories}
        if parties & procedure.signed.keys():
            raise Refused(NOT_NOW)
        kept = [one for one in procedure.wanted.signatories if one.party not in parties]
        procedure.wanted.signatories = [*kept, *changed.signatories]
        self._record("signatories_changed", procedure, asking.request_id)
        return Answer(200, {"reference": procedure.reference})

    def _about(self, procedure: Procedure, asking: Asking) -> Answer:
        match asking.operation:
            case "documents":
                return Answer(200, {"digests": procedure.digests()})
            case "state":
                return Answer(200, {"state": procedure.state()})
            case "file":
                if procedure.status != "finished":
                    raise Refused(NOT_NOW)
                return Answer(200, procedure.content(), _PDF)
            case "start":
                self._start(procedure, asking)
            case "abort" if procedure.status == "running":
                procedure.status = "expired"
                self._record("aborted", procedure, asking.request_id)
            case "delete":
                del self.procedures[procedure.reference]
                self._record("deleted", procedure, asking.request_id)
        return Answer(200, {"reference": procedure.reference})

    def _start(self, procedure: Procedure, asking: Asking) -> None:
        if procedure.status != "draft":
            return
        if not procedure.documents:
            raise Refused(NOT_NOW)
        procedure.start(self.world.clock.now())
        self._record("started", procedure, asking.request_id)
        while self.conditions.signs == "by_itself" and procedure.turn is not None:
            turn = procedure.turn
            who = next(one.email for one in procedure.wanted.signatories if one.party == turn)
            self.act_on(procedure, who, "sign")

    def _sign(self, order: Person) -> Shown:
        return self._ordered(order, "sign")

    def _refuse(self, order: Person) -> Shown:
        return self._ordered(order, "refuse")

    def _ordered(self, order: Person, how: str) -> Shown:
        known = self.procedures.values()
        found = [one for one in known if order.subject in (None, one.wanted.key)]
        if not found:
            raise UnknownAct("there is no such procedure")
        procedure = found[-1]
        turn = [one.email for one in procedure.wanted.signatories if one.party == procedure.turn]
        self.act_on(procedure, order.email or "".join(turn[:1]), how)
        return self.shown()

    def _get(self, reference: str) -> Procedure:
        found = self.procedures.get(reference)
        if found is None:
            raise Refused(NO_PROCEDURE)
        self._expire(found)
        return found

    def _expire(self, procedure: Procedure) -> None:
        is_over = procedure.expires_at and procedure.expires_at <= self.world.clock.now()
        if procedure.status == "running" and is_over:
            procedure.status = "expired"

    def _record(self, effect: str, procedure: Procedure, request_id: str) -> None:
        self.world.record(
            effect,
            subject=procedure.wanted.key,
            request_id=request_id,
            data={"reference": procedure.reference},
        )
