"""An order on its learner's pages: where it stands, what is asked, what was signed and paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tramita.kit.languages.words import Words
from tramita.orders.lifecycle import ACTIVE, BINDING, INACTIVE, EnrollmentState, OrderState
from tramita.orders.page.asking import Asked, ask_of
from tramita.orders.page.schedule import Line, as_money, show_schedule
from tramita.orders.page.words import BILLS, ORDER_STAMPS, PRODUCTS, Stamp
from tramita.orders.rules import PAID, is_withdrawable
from tramita.orders.views import CreditCard, Named, OrderAnswer, Shown
from tramita.payments.cards import OwnedCard
from tramita.payments.invoices import InvoiceView

_PAYING = BINDING - {OrderState.COMPLETED}


@dataclass(frozen=True, slots=True)
class Step:
    """One station of an order's way; ``mark`` is a class of ``tokens.css``."""

    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card as anybody may know it; ``until`` is ``07/2027``, and it is good until that ends."""

    id: UUID
    name: str
    until: str
    is_expired: bool
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who has signed, and when, in words."""

    who: str
    when: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice, a receipt or a credit note, in words."""

    reference: str
    what: str
    day: str
    total: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order, ready to be placed by a template."""

    id: UUID
    title: str
    course: str
    organization: str
    kind: str
    total: str
    ordered_on: str
    stamp: Stamp
    asked: Asked
    steps: tuple[Step, ...]
    schedule: list[Line]
    card: Card | None
    needs_card: bool
    signatures: tuple[Signature, ...]
    has_signed_file: bool
    courses: list[str]
    courses_closed: list[str]
    can_withdraw: bool
    can_cancel: bool


def show_order(shown: Shown, now: datetime, words: Words) -> OrderView:
    """``now`` in the zone in which it is decided which day it is."""
    order, today = shown.order, now.date()
    word, kind = ORDER_STAMPS[order.state]
    seller = order.organization.title if order.organization else ""
    return OrderView(
        order.id,
        shown.product.title,
        order.course.title,
        seller,
        words.gettext(PRODUCTS[shown.product.type]),
        _total(order, words),
        moment_of(order.created_on, words),
        (words.gettext(word), kind),
        ask_of(shown, today, words),
        _steps(shown, words),
        show_schedule(order.payment_schedule, today, words),
        _card(order.credit_card, today) if order.credit_card else None,
        bool(order.total) and order.credit_card is None and order.state in _PAYING,
        _signatures(order, seller, words),
        shown.signature is not None and shown.signature.has_signed_file,
        _courses(order, EnrollmentState.OPEN),
        _courses(order, EnrollmentState.CLOSED),
        can_withdraw(order, today),
        order.state in ACTIVE - {OrderState.COMPLETED},
    )


def show_card(card: OwnedCard, today: date) -> Card:
    """A card among its owner's."""
    return Card(
        card.id,
        card.title or _name(card.brand, card.last_numbers),
        _until(card.expiration_month, card.expiration_year),
        card.is_expired(today),
        card.is_main,
    )


def show_bills(found: Sequence[InvoiceView], words: Words) -> list[Bill]:
    """What was billed, paid and given back, in order."""
    return [
        Bill(
            one.reference,
            words.gettext(BILLS[one.kind]),
            words.date(one.issued_on),
            words.money(as_money(one.total, one.currency)),
        )
        for one in found
    ]


def is_so(done: str | None, order: OrderAnswer) -> bool:
    """Whether what an order's page is to say of what was done can be so, as the order stands."""
    match done:
        case "canceled" | "withdrawn":
            return order.state in INACTIVE
        case "submitted":
            return order.state == OrderState.SIGNING
        case "card":
            return order.credit_card is not None
        case "paid":
            return any(one.state == PAID for one in order.payment_schedule)
        case _:
            return True


def moment_of(at: datetime, words: Words) -> str:
    """Day and time where the reader is, to the minute."""
    return words.gettext("%(day)s at %(time)s", day=words.date(at), time=words.time(at))


def can_withdraw(order: OrderAnswer, today: date) -> bool:
    """Whether the time to withdraw has begun, and is not over."""
    dues = [one.due_date for one in order.payment_schedule]
    is_waived = order.has_waived_withdrawal_right
    return is_withdrawable(order.state, dues, today, is_waived=is_waived)


def _total(order: OrderAnswer, words: Words) -> str:
    if not order.total:
        return words.gettext("Free")
    return words.money(as_money(order.total, order.total_currency))


def _card(card: CreditCard, today: date) -> Card:
    return Card(
        card.id,
        _name(card.brand, card.last_numbers),
        _until(card.expiration_month, card.expiration_year),
        (card.expiration_year, card.expiration_month) < (today.year, today.month),
    )


def _name(brand: str, last_numbers: str) -> str:
    # Processors write it as they like; everybody knows it as CB, or as Visa.
    known = "CB" if brand.casefold() == "cb" else brand.capitalize()
    return f"{known} •••• {last_numbers}"


def _until(month: int, year: int) -> str:
    return f"{month:02}/{year}"


def _steps(shown: Shown, words: Words) -> tuple[Step, ...]:
    """Ordered, signed, a card, paid: as far as this order goes that way."""
    order, state = shown.order, shown.order.state
    is_signed = order.contract is not None and order.contract.student_signed_on is not None
    stations = [(words.gettext("Ordered"), True)]
    if order.contract is not None:
        stations.append((words.gettext("Signed"), is_signed))
    if order.total:
        has_card = order.credit_card is not None or state in BINDING
        stations.append((words.gettext("Card"), has_card))
        stations.append((words.gettext("Paid"), state is OrderState.COMPLETED))
    if state in INACTIVE:
        return _ended(stations, words)
    is_bad = state in (OrderState.NO_PAYMENT, OrderState.FAILED_PAYMENT)
    first = next((n for n, (_, is_done) in enumerate(stations) if not is_done), len(stations))
    return tuple(
        Step(label, "done" if is_done else ("bad" if is_bad else "now") if n == first else "todo")
        for n, (label, is_done) in enumerate(stations)
    )


def _ended(stations: Sequence[tuple[str, bool]], words: Words) -> tuple[Step, ...]:
    done = [Step(label, "done") for label, is_done in stations if is_done]
    return (*done, Step(words.gettext("Canceled"), "bad"))


def _signatures(order: OrderAnswer, seller: str, words: Words) -> tuple[Signature, ...]:
    contract = order.contract
    if contract is None or (contract.submitted_for_signature_on is None):
        return ()
    return tuple(
        Signature(who, moment_of(at, words) if at else words.gettext("not yet"), at is not None)
        for who, at in (
            (words.gettext("You"), contract.student_signed_on),
            (seller, contract.organization_signed_on),
        )
    )


def _courses(order: OrderAnswer, state: EnrollmentState) -> list[str]:
    by_id: dict[UUID, Named] = {one.id: one for one in order.target_courses}
    return [
        by_id[one.course_id].title
        for one in order.target_enrollments
        if one.state is state and one.course_id in by_id
    ]
