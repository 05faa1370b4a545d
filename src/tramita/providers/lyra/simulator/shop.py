"""One shop at Lyra: its forms, the cards kept for it, and every transaction, with the ledger."""

from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from tramita.providers.lyra.simulator.cards import EXPIRED, SOFT_DECLINE, Card, Token
from tramita.providers.lyra.simulator.conditions import Conditions
from tramita.providers.lyra.simulator.errors import (
    AMOUNT_TOO_LARGE,
    FORM_UNKNOWN,
    TOKEN_CANCELLED,
    TOKEN_UNKNOWN,
    TRANSACTION_UNKNOWN,
)
from tramita.providers.lyra.simulator.messages import Messages
from tramita.providers.lyra.simulator.movements import Transaction
from tramita.providers.lyra.simulator.requests import CreatePayment, CreateToken
from tramita.simulation.front.asking import Refused
from tramita.simulation.world import World


@dataclass(slots=True)
class Form:
    """A form that waits for its payer; ``payment`` is what is paid in it, if anything."""

    token: str
    customer: str
    email: str
    payment: CreatePayment | None
    saved: Token | None
    is_done: bool = False
    asking: Card | None = None

    @property
    def saves_card(self) -> bool:
        """Whether the card is kept afterwards."""
        return self.payment is None or self.payment.form_action == "REGISTER_PAY"


@dataclass
class Shop:
    """Everything this Lyra knows of its one shop."""

    world: World
    messages: Messages
    conditions: Conditions
    forms: dict[str, Form] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    transactions: dict[str, Transaction] = field(default_factory=dict)

    def forget(self) -> None:
        """Lose every record."""
        for kept in (self.forms, self.tokens, self.transactions):
            kept.clear()

    def make_form(self, wanted: CreatePayment | CreateToken, *, request_id: str) -> Form:
        """A form for a payer to write into."""
        payment = wanted if isinstance(wanted, CreatePayment) else None
        saved = None
        if payment is not None and payment.payment_method_token is not None:
            saved = self._usable(payment.payment_method_token)
        customer, email = _named(wanted)
        form = Form(self._name("form"), customer, email, payment, saved)
        self.forms[form.token] = form
        self._record("form_made", customer, request_id, {"form": form.token})
        return form

    def debit(self, wanted: CreatePayment, *, request_id: str) -> Transaction:
        """Take money from a card that is kept, while its owner is away."""
        token = self._usable(wanted.payment_method_token or "")
        options = wanted.transaction_options
        consent = options.card_options if options else None
        issuer = consent.initial_issuer_transaction_identifier if consent else None
        no = self._word(token) if issuer == token.issuer_reference else SOFT_DECLINE
        if token.card.is_expired(self.world.clock.now()):
            no = EXPIRED
        if self.conditions.debits == "refuse":
            no = self.conditions.refusal
        made = self._transact(
            wanted, _named(wanted)[0], token.card, no, request_id=request_id, token=token
        )
        made.source = "TOKEN"
        if self.conditions.debits == "hold" and not no:
            made.status, made.detailed_status = "RUNNING", "UNDER_VERIFICATION"
        self._tell(made, request_id)
        return made

    def _word(self, token: Token) -> str:
        """What a card's bank says to one more debit."""
        conduct = token.card.conduct
        debits = [
            one
            for one in self.transactions.values()
            if one.token is token and one.source == "TOKEN"
        ]
        return (len(debits) == 1 and conduct.second) or conduct.later

    def pay(self, form_token: str, card: Card | None, *, is_proven: bool = False) -> Form:
        """A payer writes a card into a form, or uses the one that it is for; asks before 3-D Secure.

        A card that its bank refuses leaves the form open for another one.
        """
        form = self.form(form_token)
        card = card or (form.saved.card if form.saved else None)
        if form.is_done or card is None:
            raise Refused(FORM_UNKNOWN)
        if card.conduct.asks and not is_proven:
            form.asking = card
            return form
        form.asking = None
        no = EXPIRED if card.is_expired(self.world.clock.now()) else card.conduct.in_form
        token = form.saved
        if token is None and form.saves_card and not no:
            token = self._save(card, form.customer)
        made = self._transact(
            form.payment, form.customer, card, no, request_id=form.token, token=token
        )
        made.source = "TOKEN" if form.saved else "NEW"
        form.is_done = not no
        self._tell(made, form.token)
        return form

    def abandon(self, form_token: str) -> None:
        """A payer goes away; the form is over, and of its payment it is told that there is none."""
        form = self.form(form_token)
        form.is_done = True
        if form.payment is not None:
            card = Card("4970100000000014", 12, 2099)
            made = self._transact(
                form.payment, form.customer, card, "abandoned", request_id=form.token
            )
            made.code, made.detailed_status = "", "ABANDONED"
            self._tell(made, form.token)

    def settle(self, installment: str, *, is_paid: bool) -> Transaction:
        """What was under way has an end."""
        for one in reversed(self.transactions.values()):
            if one.subject == installment and one.status == "RUNNING":
                one.status = "PAID" if is_paid else "UNPAID"
                one.detailed_status = "AUTHORISED" if is_paid else "REFUSED"
                one.code = "" if is_paid else self.conditions.refusal
                self._tell(one, "operator")
                return one
        raise Refused(TRANSACTION_UNKNOWN)

    def of_order(self, order_id: str) -> list[Transaction]:
        """All movements of an order, the newest first."""
        found = [one for one in self.transactions.values() if one.order_id == order_id]
        if not found:
            raise Refused(TRANSACTION_UNKNOWN)
        return found[::-1]

    def give_back(self, uuid: str, amount: int, *, request_id: str) -> Transaction:
        """Cancel what the bank has not moved yet, else send the money back."""
        paid = self.transactions.get(uuid)
        if paid is None or paid.operation != "DEBIT":
            raise Refused(TRANSACTION_UNKNOWN)
        back = sum(one.amount for one in self.transactions.values() if one.parent == uuid)
        if paid.status != "PAID" or amount + back > paid.amount:
            raise Refused(AMOUNT_TOO_LARGE)
        if not self.conditions.is_captured and amount == paid.amount:
            paid.status, paid.detailed_status = "UNPAID", "CANCELLED"
            self._record("payment_cancelled", paid.subject, request_id, {"uuid": uuid})
            return paid
        credit = Transaction(
            self._uuid(),
            "CREDIT",
            amount,
            paid.currency,
            "PAID",
            "AUTHORISED",
            self.world.clock.now(),
            paid.order_id,
            paid.customer,
            paid.metadata,
            paid.card,
            parent=uuid,
        )
        self.transactions[credit.uuid] = credit
        said = {"uuid": credit.uuid, "parent": uuid, "amount": amount}
        self._record("payment_refunded", paid.subject, request_id, said)
        return credit

    def cancel_token(self, name: str, *, request_id: str) -> None:
        """Keep a card no longer."""
        token = self._usable(name)
        token.is_cancelled = True
        self._record("token_cancelled", token.customer, request_id, {"token": name})

    def form(self, form_token: str) -> Form:
        """The form of this name; raise ``Refused`` where there is none."""
        if form_token not in self.forms:
            raise Refused(FORM_UNKNOWN)
        return self.forms[form_token]

    def _save(self, card: Card, customer: str) -> Token:
        token = Token(self._name("tok"), card, customer, self._name("issuer"))
        self.tokens[token.token] = token
        self._record("card_saved", customer, token.token, {"token": token.token})
        return token

    def _usable(self, name: str) -> Token:
        if name not in self.tokens:
            raise Refused(TOKEN_UNKNOWN)
        if self.tokens[name].is_cancelled:
            raise Refused(TOKEN_CANCELLED)
        return self.tokens[name]

    def _transact(
        self,
        payment: CreatePayment | None,
        customer: str,
        card: Card,
        no: str,
        *,
        request_id: str,
        token: Token | None = None,
    ) -> Transaction:
        del request_id
        made = Transaction(
            self._uuid(),
            "DEBIT" if payment else "VERIFICATION",
            payment.amount * self.conditions.percent // 100 if payment else 0,
            payment.currency if payment else "EUR",
            "UNPAID" if no else "PAID",
            "REFUSED" if no else ("AUTHORISED" if payment else "ACCEPTED"),
            self.world.clock.now(),
            payment.order_id if payment else None,
            customer,
            payment.metadata if payment else None,
            card,
            token,
            code=no,
        )
        self.transactions[made.uuid] = made
        return made

    def _tell(self, made: Transaction, request_id: str) -> None:
        """Write what happened into the ledger, and tell the shop of it."""
        if made.operation == "DEBIT":
            effect = {"PAID": "payment_paid", "UNPAID": "payment_refused"}.get(
                made.status, "payment_held"
            )
            said = {"uuid": made.uuid, "amount": made.amount, "order": made.order_id or ""}
            self._record(effect, made.subject, request_id, said)
        self.messages.tell(made, subject=made.subject)

    def _record(self, effect: str, subject: str, request_id: str, said: dict[str, object]) -> None:
        self.world.record(effect, subject=subject, request_id=request_id, data=said)

    def _name(self, kind: str) -> str:
        random: Random = self.world.random
        return f"{kind}{random.getrandbits(96):024x}"

    def _uuid(self) -> str:
        return UUID(int=self.world.random.getrandbits(128), version=4).hex


def _named(wanted: CreatePayment | CreateToken) -> tuple[str, str]:
    customer = wanted.customer
    return (customer.reference or "", customer.email or "") if customer else ("", "")
