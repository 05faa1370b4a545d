"""Brisa on loopback: an invented bank that takes its time.

It gives access tokens for a basic secret, takes an application at once and decides when its
operator says so, submits and settles by itself what its client has signed, knows a request again by its ``Idempotency-Key``, and tells of every change
under a basic password.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar, Literal
from uuid import uuid4

import msgspec
from litestar import HttpMethod

from tramita.providers.qitech.simulator.business_days import business_day_from
from tramita.simulation.calls import Answer
from tramita.simulation.conditions import VendorConditions
from tramita.simulation.dispatch import Notice
from tramita.simulation.front import bending
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused, Task
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.front.voice import JSONVoice
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

NOT_UNDERSTOOD = Error(400, "bad_request", "The request is not understood.")
UNAUTHORIZED = Error(401, "invalid_token", "The token is not known.")
NOT_FOUND = Error(404, "no_such_application", "There is no such application.")
TOO_LATE = Error(409, "ended", "The application has ended.")
CENT = Decimal("0.01")
# What a year of costs beside the interest comes to, a month.
EXTRA = Decimal("0.0005")
OUR_SECRET = "brisa-demonstration"
OUR_PASSWORD = "brisa-webhooks-demonstration"


class Conditions(VendorConditions):
    """How long a decision takes."""

    decisions: Literal["hold", "approve"] = "hold"


class NewApplication(msgspec.Struct):
    """The body of ``POST /v1/applications``."""

    reference: str
    name: str
    cpf: str
    benefit: str
    origin_ispb: str
    origin_contract: str
    principal: Decimal
    monthly_rate: Decimal
    installments: int
    first_due_on: date


class Decided(Wanted):
    """An application that the operator decides about, and why."""

    reference: str
    code: str = "credit_policy"
    reason: str = "The income is too low."
    balance: Decimal | None = None


@dataclass
class Application:
    """One line of Brisa's book."""

    id: str
    new: NewApplication
    changed_at: datetime
    state: str = "in_analysis"
    offer: dict[str, object] | None = None
    balance: str | None = None
    ended: dict[str, object] = field(default_factory=dict)

    def shown(self) -> dict[str, object]:
        """The application as Brisa tells of it."""
        new = self.new
        return {
            "id": self.id,
            "reference": new.reference,
            "state": self.state,
            "changed_at": self.changed_at.isoformat(),
            "cpf": new.cpf,
            "benefit": new.benefit,
            "origin_ispb": new.origin_ispb,
            "origin_contract": new.origin_contract,
            "offer": self.offer,
            "balance": self.balance,
            **self.ended,
        }


@dataclass(frozen=True, slots=True)
class Door(JSONVoice):
    """Lets in who shows one of ``accepted``."""

    accepted: frozenset[str] = frozenset()

    def hear(self, asking: Asking) -> Asking:
        """Nobody else is listened to."""
        if asking.headers.get("authorization", "") not in self.accepted:
            raise Refused(UNAUTHORIZED)
        return asking


_OPEN = ("in_analysis", "approved", "signed", "balance_known")


class Brisa(Vendor):
    """The bank and its book."""

    key = "brisa"
    title = "Brisa"
    table = (
        (HttpMethod.POST, "/oauth/token", "give_token"),
        (HttpMethod.POST, "/v1/applications", "apply"),
        (HttpMethod.GET, "/v1/applications", "find_applications"),
        (HttpMethod.GET, "/v1/applications/{key:str}", "read_application"),
        (HttpMethod.DELETE, "/v1/applications/{key:str}", "withdraw"),
    )
    kinds: ClassVar = bending.KINDS
    errors = ErrorTable(NOT_UNDERSTOOD, UNAUTHORIZED, NOT_FOUND, TOO_LATE)
    request_id = "idempotency-key"
    demo_token = OUR_SECRET
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        self.book: dict[str, Application] = {}
        self.tokens: set[str] = set()
        self.world.post_office.subscribe_by_default(settings.webhook_url(self.key))
        self.world.post_office.sign = _sign

    def voice(self, asking: Asking) -> Door:
        """A secret opens the door to a token, a token every other."""
        tokens = frozenset(f"Bearer {one}" for one in self.tokens)
        is_first = asking.operation == "give_token"
        accepted = frozenset({_basic("tramita", self.token)}) if is_first else tokens
        return Door(asking, self.errors, self.token, accepted)

    def prepare(self, asking: Asking) -> Task:
        """What is asked for, and of which reference."""
        match asking.operation:
            case "give_token":
                return Task({}, lambda _: self._give_token())
            case "apply":
                new = asking.read(NewApplication, NOT_UNDERSTOOD)
                fields = {"reference": new.reference}
                return Task(fields, lambda _: self._apply(new, asking), is_once=True)
            case "find_applications":
                reference = asking.parameters.get("reference", "")
                return Task({"reference": reference}, lambda _: self._find(reference))
            case "read_application":
                return Task({}, lambda _: Answer(200, self._known(asking.key).shown()))
            case _:  # withdraw, the last of the operations.
                known = self.book.get(asking.key)
                fields = {"reference": known.new.reference if known else ""}
                return Task(fields, lambda _: self._withdraw(asking), is_once=True)

    def orders(self) -> Mapping[str, Order[Any]]:
        """Decisions, and tokens that end before their time."""
        return {
            **super().orders(),
            "approve": Order(Decided, lambda one: self._decide(one, self._approve, "in_analysis")),
            "decline": Order(Decided, lambda one: self._decide(one, self._decline, *_OPEN)),
            "sign": Order(Decided, lambda one: self._decide(one, self._sign, "approved")),
            "tell_balance": Order(Decided, lambda one: self._decide(one, self._owe, "signed")),
            "pay": Order(Decided, lambda one: self._decide(one, self._pay, "balance_known")),
            "revoke_tokens": Order(Wanted, lambda _: self.tokens.clear()),
        }

    def forget(self) -> None:
        """Lose the book and the tokens."""
        self.book.clear()
        self.tokens.clear()

    def _give_token(self) -> Answer:
        token = uuid4().hex
        self.tokens.add(token)
        return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 600})

    def _apply(self, new: NewApplication, asking: Asking) -> Answer:
        application = Application(f"bri_{uuid4().hex}", new, self.world.clock.now())
        self.book[application.id] = application
        self._record("applied", application, asking.request_id)
        if self.conditions.decisions == "approve":
            self._approve(application, Decided(new.reference))
        return Answer(202, application.shown())

    def _find(self, reference: str) -> Answer:
        found = [one.shown() for one in self.book.values() if one.new.reference == reference]
        return Answer(200, {"items": found})

    def _known(self, key: str) -> Application:
        application = self.book.get(key)
        if application is None:
            raise Refused(NOT_FOUND)
        return application

    def _withdraw(self, asking: Asking) -> Answer:
        application = self._known(asking.key)
        if application.state not in _OPEN:
            raise Refused(TOO_LATE)
        application.state = "withdrawn"
        self._record("withdrawn", application, asking.request_id)
        return Answer(204, b"")

    def _decide(self, order: Decided, how: Any, *states: str) -> Shown:
        for application in self.book.values():
            if application.new.reference == order.reference and application.state in states:
                how(application, order)
                return application.shown()
        raise Refused(NOT_FOUND)

    def _approve(self, application: Application, _: Decided) -> None:
        application.state = "approved"
        application.offer = _offer(application.new, self.world.clock.now().date())
        self._record("approved", application, "")

    def _decline(self, application: Application, order: Decided) -> None:
        application.state = "declined"
        application.ended = {"code": order.code, "reason": order.reason}
        self._record("declined", application, "")

    def _sign(self, application: Application, _: Decided) -> None:
        application.state = "signed"
        self._record("signed", application, "")

    def _owe(self, application: Application, order: Decided) -> None:
        application.state = "balance_known"
        application.balance = str(order.balance or application.new.principal)
        self._record("balance_known", application, "")

    def _pay(self, application: Application, _: Decided) -> None:
        application.state = "paid"
        self._record("paid", application, "")

    def _record(self, effect: str, application: Application, request_id: str) -> None:
        application.changed_at = self.world.clock.now()
        reference = application.new.reference
        self.world.record(
            effect, subject=reference, request_id=request_id, data={"id": application.id}
        )
        self.world.post_office.post(
            Notice(
                type="application",
                subject=reference,
                fields={"reference": reference, "status": application.state},
                body=_told(application.shown()),
                tell_unknown=lambda: _told({**application.shown(), "id": f"bri_{uuid4().hex}"}),
            )
        )


def _told(shown: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({"id": uuid4().hex, "application": shown})


def _sign(path: str, body: bytes, *, age: timedelta, is_forged: bool) -> Mapping[str, str]:
    del path, body, age  # A password is all that Brisa shows.
    password = "a stranger's" if is_forged else OUR_PASSWORD
    return {"content-type": "application/json", "authorization": _basic("brisa", password)}


def _basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def _offer(new: NewApplication, today: date) -> dict[str, object]:
    """The loan by the table of Price, due on the same day of consecutive months."""
    rate, number = new.monthly_rate, new.installments
    factor = rate / (1 - (1 + rate) ** -number)
    amount = (new.principal * factor).quantize(CENT, ROUND_HALF_UP)
    first = new.first_due_on.year * 12 + new.first_due_on.month - 1
    months = [divmod(first + place, 12) for place in range(number)]
    return {
        "principal": str(new.principal),
        "monthly_rate": str(rate),
        "annual_rate": str(_yearly(rate)),
        "monthly_cet": str(rate + EXTRA),
        "annual_cet": str(_yearly(rate + EXTRA)),
        "disbursed_on": business_day_from(today + timedelta(days=3)).isoformat(),
        "contract": f"con_{uuid4().hex}",
        "signature_url": f"https://brisa.example/sign/{uuid4().hex}",
        "installments": [
            {
                "number": place,
                "due_on": date(year, month + 1, new.first_due_on.day).isoformat(),
                "amount": str(amount),
            }
            for place, (year, month) in enumerate(months, start=1)
        ],
    }


def _yearly(rate: Decimal) -> Decimal:
    return round((1 + rate) ** 12 - 1, 6)


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Brisa on loopback."""
    return Brisa(settings).simulator()
