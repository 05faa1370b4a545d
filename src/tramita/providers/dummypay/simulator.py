"""The dummy on loopback: a book of forms, cards and payments. It imports nothing of the client."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, ClassVar

import msgspec
from litestar import HttpMethod, MediaType, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tramita.simulation.calls import Answer
from tramita.simulation.dispatch import Notice
from tramita.simulation.front import bending
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused, Task
from tramita.simulation.front.callbacks import HMACSign
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.front.vendor import REPEATED, Vendor
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator, operator_button

BAD_REQUEST = Error(400, "not_accepted", "The request is not understood.")
UNKNOWN_CARD = Error(404, "card_unknown", "There is no such card.")
UNKNOWN_PAYMENT = Error(404, "payment_unknown", "There is no such payment, or it went back.")
UNKNOWN_FORM = Error(404, "not_accepted", "There is no such form.")
_SECRET = "dummypay-messages-demonstration"
_ACTS = frozenset({"forms", "debits", "refunds", "forget-card"})
_OPERATIONS = (*sorted(_ACTS), "find-payment", "find-payments", "find-refund")


class InForm(Wanted):
    """A form in which its payer presses the button; without a token the newest."""

    form_token: str | None = None


@dataclass
class Book:
    """Everything that the dummy knows."""

    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)


class DummyPay(Vendor):
    """A processor whose every card pays."""

    key = "dummypay"
    title = "Dummy card processor"
    table = tuple((HttpMethod.POST, f"/v1/{name}", name) for name in _OPERATIONS)
    kinds: ClassVar = {**bending.KINDS, **REPEATED}
    errors = ErrorTable(BAD_REQUEST, Error(401, "unauthorized", "The token is not known."))
    demo_token = "dummypay-demonstration"
    buttons = (operator_button("The payer pays in the newest form", "pay"),)

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings)
        self.book = Book()
        self.world.post_office.subscribe_by_default(settings.webhook_url(self.key))
        secret = settings.credentials.get("dummypay-messages", _SECRET)
        self.world.post_office.sign = HMACSign("x-dummypay-signature", secret)

    def orders(self) -> dict[str, Order[Any]]:
        """What payers do."""
        return {**super().orders(), "pay": Order(InForm, self._act)}

    def shown(self) -> Shown:
        """Records in numbers."""
        return {"cards": len(self.book.cards), "payments": len(self.book.payments)}

    def forget(self) -> None:
        """Lose every record."""
        self.book = Book()

    def routes(self) -> list[ControllerRouterHandler]:
        """The API, and a page with one button."""
        return [*super().routes(), *_pages(self)]

    def prepare(self, asking: Asking) -> Task:
        """What is asked for by its name."""
        wanted: dict[str, Any] = asking.read(dict[str, Any], BAD_REQUEST)
        match asking.operation:
            case "forms":
                return Task({}, lambda _: self._make_form(wanted, asking), is_once=True)
            case "debits":
                fields = {"installment_id": str(wanted["charge"]["installment"])}
                return Task(fields, lambda _: self._debit(wanted, asking), is_once=True)
            case "refunds":
                return Task({}, lambda _: self._refund(wanted, asking), is_once=True)
            case "forget-card":
                return Task({}, lambda _: self._forget_card(wanted, asking), is_once=True)
            case "find-payment":
                found = next(self._payments_of(wanted), None)
                return Task({}, lambda _: Answer(200, {"payment": found}))
            case "find-payments":
                paid = [*self._payments_of(wanted)]
                return Task({}, lambda _: Answer(200, {"payments": paid}))
            case _:  # find-refund, the last of the operations.
                back = self.book.refunds.get(wanted["reference"])
                return Task({}, lambda _: Answer(200, {"given_back": back}))

    def pay(self, token: str) -> None:
        """A payer presses the button: the card is saved, and what is to be paid is paid."""
        form = self.book.forms.get(token)
        if form is None or form.pop("is_open", None) is None:
            raise Refused(UNKNOWN_FORM)
        card = form.get("card_token") or self._save(form["payer"]["reference"])
        charge = form.get("charge")
        paid = None if charge is None else self._pay(charge, token)
        self._tell(form["payer"]["reference"], card, paid)

    def _make_form(self, wanted: dict[str, Any], asking: Asking) -> Answer:
        token = self._name("form")
        self.book.forms[token] = {**wanted, "is_open": True}
        self._record("form_made", token, asking.request_id)
        return Answer(201, {"token": token, "url": f"{asking.base_url}/pay/{token}"})

    def _debit(self, wanted: dict[str, Any], asking: Asking) -> Answer:
        if wanted["card_token"] not in self.book.cards:
            raise Refused(UNKNOWN_CARD)
        paid = self._pay(wanted["charge"], asking.request_id)
        self.book.keys[asking.request_id] = paid["reference"]
        self._tell(None, None, paid)
        return Answer(201, {"payment": paid})

    def _refund(self, wanted: dict[str, Any], asking: Asking) -> Answer:
        reference = wanted["reference"]
        if reference not in self.book.payments or reference in self.book.refunds:
            raise Refused(UNKNOWN_PAYMENT)
        back = {"reference": self._name("refund"), "amount": wanted["amount"]}
        self.book.refunds[reference] = back
        subject = self.book.payments[reference]["installment"]
        self._record("payment_refunded", subject, asking.request_id)
        return Answer(201, {"given_back": back})

    def _forget_card(self, wanted: dict[str, Any], asking: Asking) -> Answer:
        if self.book.cards.pop(wanted["card_token"], None) is not None:
            self._record("token_cancelled", wanted["card_token"], asking.request_id)
        return Answer(200, {"forgotten": True})

    def _payments_of(self, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
        payments = self.book.payments.values()
        return (one for one in payments if one["installment"] == wanted["installment"])

    def _pay(self, charge: dict[str, Any], request_id: str) -> dict[str, Any]:
        paid = {
            "status": "paid",
            "reference": self._name("payment"),
            "installment": charge["installment"],
            "amount": charge["amount"],
            "last_numbers": "0000",
        }
        self.book.payments[paid["reference"]] = paid
        self._record("payment_paid", charge["installment"], request_id)
        return paid

    def _save(self, payer: str) -> str:
        token = self._name("card")
        self.book.cards[token] = payer
        self._record("card_saved", payer, token)
        return token

    def _tell(self, payer: str | None, card: str | None, paid: dict[str, Any] | None) -> None:
        shown = card and {
            "token": card,
            "brand": "dummy",
            "expiration_month": 12,
            "expiration_year": 2099,
            "last_numbers": "0000",
            "issuer_reference": "dummy",
        }
        said = {"number": self._name("message"), "payer": payer, "card": shown, "payment": paid}
        subject = paid["installment"] if paid else payer or ""

        def unknown() -> bytes:
            nobody = "00000000-0000-4000-8000-000000000000"
            return msgspec.json.encode({**said, "payer": nobody, "payment": None})

        fields = {"type": "DEBIT" if paid else "CARD", "status": "paid"}
        self.world.post_office.post(
            Notice("told", subject, fields, msgspec.json.encode(said), unknown)
        )

    def _act(self, order: InForm) -> Shown:
        waiting = [token for token, form in self.book.forms.items() if "is_open" in form]
        token = order.form_token or next(reversed(waiting), "")
        self.pay(token)
        return {"form": token, "is_done": True, "asks": False}

    def _record(self, effect: str, subject: str, request_id: str) -> None:
        self.world.record(effect, subject=subject, request_id=request_id, data={})

    def _name(self, kind: str) -> str:
        return f"{kind}-{self.world.random.getrandbits(64):016x}"


def _pages(vendor: DummyPay) -> list[ControllerRouterHandler]:
    def page(content: str, status: int = 200) -> Response[str]:
        html = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Dummy</title>'
            '<link rel="stylesheet" href="/panels.css">'
            f'<main class="sheet">{content}</main></html>'
        )
        return Response(html, status_code=status, media_type=MediaType.HTML)

    @get("/pay/{token:str}")
    async def show(token: FromPath[str]) -> Response[str]:
        form = vendor.book.forms.get(token)
        if form is None:
            return page("<h1>There is no such form</h1>", 404)
        if "is_open" not in form:
            return page("<h1>done</h1>")
        charge = form.get("charge")
        what = "Save a card" if charge is None else f"Pay {escape(str(charge['amount']))}"
        return page(f'<h1>{what}</h1><form method="post"><button>{what}</button></form>')

    @post("/pay/{token:str}", status_code=303)
    async def press(token: FromPath[str]) -> Response[str] | Redirect:
        try:
            vendor.pay(token)
        except Refused as refused:
            return page(f"<h1>{escape(str(refused))}</h1>", 409)
        return Redirect(f"./{token}", status_code=303)

    return [show, press]


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """The dummy on loopback."""
    return DummyPay(settings).simulator()
