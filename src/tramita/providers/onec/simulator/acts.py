"""``/__sim/act`` at the base: what its operators, accountants and administrators do."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from tramita.providers.onec.simulator.book import Book, Document, DocumentJob
from tramita.providers.onec.simulator.licences import Licences
from tramita.providers.onec.simulator.papers import Defect, make_pdf, spoil
from tramita.providers.onec.simulator.pushes import Pushes, dated_now, paper_told
from tramita.simulation.agenda import Agenda
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.simulator import UnknownAct, forgetting_button, operator_button

_SHOWN = 20
_OPERATOR = "Ольга Сергеевна"
_CENTS = Decimal("0.01")


class OnDocument(Wanted):
    """A document, by the application's name; without one the newest."""

    external_id: str | None = None


class FormConditions(OnDocument):
    """What is offered. What is not said follows from the application, at this rate and commission.

    ``told_of``: it is told of another application than it is of, or of none.
    """

    rate: str | None = "11.25"
    commission_percent: str | None = "1.5"
    payer_amount: str | None = None
    payer_currency: str = "RUB"
    payout_amount: str | None = None
    payout_currency: str | None = None
    terms: str = "Оплата в течение трёх рабочих дней"
    revision: int | None = None
    agent_id: str | None = None
    supersedes: bool = False
    told_of: str | None = None


class Correct(OnDocument, kw_only=True):
    """What an operator corrects in a form, by groups; without ``is_told`` the platform is not told."""

    fields: dict[str, dict[str, Any]]
    is_told: bool = True


class GenerateDocument(OnDocument):
    """A paper of some kind; ``defect`` is what is wrong with it, ``name`` what it is called."""

    kind: str = "invoice"
    defect: Defect = ""
    name: str | None = None
    form: Literal["json", "form"] = "json"
    is_for_client: bool = True
    times: int = 1


class SetStatus(OnDocument, kw_only=True):
    """How an application stands, and why."""

    status: str
    comment: str = ""


class SetPayment(OnDocument, kw_only=True):
    """How its money stands, and why."""

    payment_status: str
    comment: str = ""


class FailJob(Wanted):
    """A document that was asked for cannot be made."""

    reason: str = "Не заполнены реквизиты договора"


class CloseFor(Wanted):
    """Nobody is let in for a while."""

    minutes: float = 60


class MissNumbers(Wanted):
    """Numbers of messages that are never sent."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class OneCOperator:
    """Whoever sits before the base."""

    book: Book
    licences: Licences
    pushes: Pushes
    agenda: Agenda

    def orders(self) -> Mapping[str, Order[Any]]:
        """What can be ordered."""
        return {
            "set_in_work": Order(OnDocument, lambda one: self._move(one, "in_work")),
            "form_conditions": Order(FormConditions, self._form_conditions),
            "correct": Order(Correct, self._correct),
            "generate_document": Order(GenerateDocument, self._generate),
            "reject": Order(
                OnDocument, lambda one: self._move(one, "rejected", "Контрагент под санкциями")
            ),
            "complete": Order(OnDocument, lambda one: self._move(one, "completed")),
            "set_status": Order(SetStatus, lambda one: self._move(one, one.status, one.comment)),
            "set_payment": Order(SetPayment, self._pay),
            "fail_job": Order(FailJob, self._fail_job),
            "delete": Order(OnDocument, self._delete),
            "mark_deleted": Order(OnDocument, self._mark),
            "miss_numbers": Order(MissNumbers, self._miss),
            "close_for": Order(CloseFor, self._close),
            "keep_copy": Order(Wanted, lambda _: self.book.keep_copy()),
            "restore_copy": Order(Wanted, lambda _: self.book.restore()),
            "lose_sessions": Order(Wanted, lambda _: self.licences.lose()),
        }

    def shown(self) -> dict[str, object]:
        """The base in numbers."""
        return {
            "documents": len(self.book.documents),
            "sessions": len(self.licences.sessions) + self.licences.others,
            "last_message": self.pushes.last,
            "newest": [f"{one.number} {one.state}/{one.payment}" for one in self.book.newest()][
                :_SHOWN
            ],
        }

    def deliver(self, job: DocumentJob) -> None:
        """A document that was asked for is made, and sent by itself."""
        if job.failure or job.is_sent or not self.book.of(job.external_id):
            return
        job.is_sent = True
        made = GenerateDocument(external_id=job.external_id, kind=job.kind)
        self._send(self.book.get(job.external_id), made, job_id=job.job_id)

    def document(self, order: OnDocument) -> Document:
        """The one that an order is about."""
        if order.external_id is not None:
            return self.book.get(order.external_id)
        newest = next(iter(self.book.newest()), None)
        if newest is None:
            raise UnknownAct("there is no document in the base")
        return newest

    def _move(self, order: OnDocument, state: str, comment: str = "") -> Shown:
        known = self.document(order)
        self.book.change(known, f"application_{state}", state=state, comment=comment)
        said = {"status": state, "operator": _OPERATOR, "comment": comment}
        number = self.pushes.tell("status", known, said | {"time": dated_now(self.book)})
        return {"number": known.number, "message_no": number}

    def _pay(self, order: SetPayment) -> Shown:
        known = self.document(order)
        self.book.change(known, "payment_moved", payment=order.payment_status)
        said = {
            "payment_status": order.payment_status,
            "operator": _OPERATOR,
            "comment": order.comment,
            "time": dated_now(self.book),
        }
        return {"number": known.number, "message_no": self.pushes.tell("status", known, said)}

    def _form_conditions(self, order: FormConditions) -> Shown:
        known = self.document(order)
        money = known.fields.get("money", {})
        payout = order.payout_amount or str(money.get("amount", "0.00"))
        currency = money.get("payout_currency") or money.get("currency", "")
        said = {
            "revision": known.revision if order.revision is None else order.revision,
            "operator": _OPERATOR,
            "rate": order.rate,
            "commission_percent": order.commission_percent,
            "payer_amount": order.payer_amount or _priced(payout, order),
            "payer_currency": order.payer_currency,
            "payout_amount": payout,
            "payout_currency": order.payout_currency or currency,
            "valid_until": "0001-01-01T00:00:00",
            "terms_text": order.terms,
            "account": {"bank": "ПАО Банк", "account": "40702810900000005555"},
            "supersedes": order.supersedes,
        }
        if order.agent_id is not None:
            said["agent_id"] = order.agent_id
        if known.state == "new":
            self.book.change(known, "conditions_formed", state="priced")
        told_of = known if order.told_of is None else replace(known, external_id=order.told_of)
        return {"number": known.number, "message_no": self.pushes.tell("conditions", told_of, said)}

    def _correct(self, order: Correct) -> Shown:
        """The document has it once the platform has taken it, unless a later form has come by then."""
        known = self.document(order)
        revision = known.revision + 1

        def write() -> None:
            if known.revision >= revision:
                return
            corrected = {
                name: {**known.fields.get(name, {}), **said} for name, said in order.fields.items()
            }
            fields = {**known.fields, **corrected}
            self.book.change(known, "application_corrected", fields=fields, revision=revision)

        if not order.is_told:
            write()
            return {"number": known.number}
        said = {"revision": revision, "operator": _OPERATOR, "fields": order.fields}
        number = self.pushes.tell("corrections", known, said, write)
        return {"number": known.number, "message_no": number}

    def _generate(self, order: GenerateDocument) -> Shown:
        known = self.document(order)
        numbers = [self._send(known, order) for _ in range(max(order.times, 1))]
        return {"number": known.number, "message_no": numbers[-1]}

    def _send(self, known: Document, order: GenerateDocument, job_id: str | None = None) -> int:
        number = f"{known.number}/{order.kind}"
        paper = make_pdf(f"{order.kind} {known.number}", [f"Application {known.external_id}"])
        sent = spoil(paper, order.defect)
        name = order.name or f"{order.kind} {known.number}.pdf"
        said = paper_told(order.kind, number, sent, name=name, date=dated_now(self.book))
        said["visible_to_client"] = order.is_for_client
        if order.defect == "wrong_digest":
            said["sha256"] = hashlib.sha256(b"another paper").hexdigest()
        if job_id is not None:
            said["job_id"] = job_id
        self.book.note("document_made", known, kind=order.kind)
        return self.pushes.tell_document(known, said, sent, is_form=order.form == "form")

    def _fail_job(self, order: FailJob) -> Shown:
        waiting = [one for one in self.book.jobs.values() if not one.is_sent and not one.failure]
        if not waiting:
            raise UnknownAct("no document is being made")
        waiting[-1].failure = order.reason
        return {"job_id": waiting[-1].job_id}

    def _delete(self, order: OnDocument) -> Shown:
        known = self.document(order)
        del self.book.documents[known.ref]
        self.book.note("document_deleted", known)
        return {"number": known.number}

    def _mark(self, order: OnDocument) -> Shown:
        known = self.document(order)
        self.book.change(known, "document_marked", is_marked=True, is_posted=False)
        return {"number": known.number}

    def _close(self, order: CloseFor) -> None:
        conditions = self.book.conditions
        conditions.is_exclusive = True

        def open_again(_: object) -> None:
            conditions.is_exclusive = False

        ends = self.book.world.clock.now() + timedelta(minutes=order.minutes)
        self.agenda.plan(("base", "opening"), ends, open_again)

    def _miss(self, order: MissNumbers) -> Shown:
        self.pushes.last += order.count
        return {"last_message": self.pushes.last}


def _priced(payout: str, order: FormConditions) -> str:
    try:
        rate, percent = Decimal(order.rate or "1"), Decimal(order.commission_percent or "0")
        amount = Decimal(payout) * rate * (1 + percent / 100)
        return str(amount.quantize(_CENTS))
    except InvalidOperation:
        return payout


BUTTONS = (
    operator_button("Set the newest in work", "set_in_work"),
    operator_button("Form its conditions", "form_conditions"),
    operator_button("Make its invoice", "generate_document"),
    operator_button("Money has come", "set_payment", payment_status="funds_received"),
    operator_button("Pay out", "set_payment", payment_status="paid_out"),
    operator_button("Confirm", "set_payment", payment_status="confirmed"),
    operator_button("Make its closing set", "generate_document", kind="closing_set"),
    operator_button("Complete", "complete"),
    operator_button("Reject", "reject"),
    operator_button("Knows a repetition no more", "set", is_idempotent=False),
    operator_button("Knows repetitions", "set", is_idempotent=True),
    operator_button("No licence is free", "set", licences=0),
    operator_button("Licences are free", "set", licences=5),
    operator_button("Close for maintenance", "set", is_exclusive=True),
    operator_button("Open again", "set", is_exclusive=False),
    operator_button("Keep a copy of the base", "keep_copy"),
    operator_button("Restore the copy", "restore_copy"),
    forgetting_button("Begin with an empty base"),
)
