"""The six e-mails about orders, with their subjects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from tramita.kit.languages.words import Words, to_translate
from tramita.kit.mail.kinds import House, MailKind
from tramita.orders.mails.facts import Due, OrderFacts
from tramita.orders.settings import OrderSettings
from tramita.payments.lifecycle import InstallmentState as S
from tramita.payments.settings import PaymentSettings

Subject = Callable[[Words, OrderFacts, str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """An instalment as a line of the schedule."""

    day: str
    amount: str
    word: str
    look: str
    is_this: bool


def _states(words: Words) -> Mapping[S, tuple[str, str]]:
    """The states of instalments in words, each with a look of the template."""
    return {
        S.PENDING: (words.pgettext("instalment", "To come"), "idle"),
        S.PAID: (words.pgettext("instalment", "Paid"), "done"),
        S.REFUSED: (words.pgettext("instalment", "Refused"), "refused"),
        S.ERROR: (words.pgettext("instalment", "To come"), "idle"),
        S.CANCELED: (words.pgettext("instalment", "Canceled"), "idle"),
        S.REFUNDED: (words.pgettext("instalment", "Refunded"), "wait"),
    }


def lines_of(words: Words, facts: OrderFacts) -> Sequence[Line]:
    """The schedule in the reader's words."""
    states = _states(words)
    return [
        Line(
            words.date(one.due_date, "medium"),
            words.money(facts.money(one.amount)),
            *states[one.state],
            one.is_this,
        )
        for one in facts.installments
    ]


def _about(house: House, words: Words, facts: OrderFacts) -> Mapping[str, object]:
    """The schedule, where the learner sees the order, and when a refused instalment is debited again."""
    own = house.configured(OrderSettings).order_link
    link = own or f"{house.settings.address}/learn/orders/{{id}}"
    return {
        "lines": lines_of(words, facts),
        "link": link.replace("{id}", str(facts.order_id)),
        "debited_again_on": _debited_again_on(house.configured(PaymentSettings), facts),
    }


def _debited_again_on(settings: PaymentSettings, facts: OrderFacts) -> date | None:
    if facts.refused_at is None or facts.written_at is None:
        return None
    first, today = settings.day_of(facts.refused_at), settings.day_of(facts.written_at)
    tries = (first + timedelta(days=days) for days in settings.dunning_days)
    return next((one for one in tries if one > today), None)


def _subject(text: str) -> Subject:
    """By a text that may name the product, and the amount that the e-mail is about."""
    return lambda words, facts, brand: words.gettext(
        text, brand=brand, product=facts.product, amount=words.money(facts.amount)
    )


def _reminder(words: Words, facts: OrderFacts, brand: str) -> str:
    return words.ngettext(
        "%(brand)s – %(product)s – %(amount)s will be debited tomorrow",
        "%(brand)s – %(product)s – %(amount)s will be debited in %(num)s days",
        facts.days or 1,
        brand=brand,
        product=facts.product,
        amount=words.money(facts.amount),
    )


def _example(*states: S, this: int | None = None, **also: object) -> OrderFacts:
    """A course for 1,000 euros in four instalments, in these states."""
    days = (date(2027, 1, 17), date(2027, 2, 17), date(2027, 3, 17), date(2027, 4, 17))
    amounts = ("300.00", "350.00", "350.00", "0.50")
    return OrderFacts(
        **{  # type: ignore[arg-type]  # each its own
            "written_at": datetime(2027, 2, 15, 12, tzinfo=UTC),
            "full_name": "Ana Martin",
            "order_id": UUID("0192f5d0-0000-7000-8000-000000000001"),
            "product": "Numerical analysis, a certificate of higher education",
            "course": "Numerical analysis",
            "organization": "Université de Saint-Exemple",
            "total": Decimal("1000.50"),
            "currency": "EUR",
            "card": "4242",
            "installments": [
                Due(day, Decimal(amount), state, is_this=number == this)
                for number, (day, amount, state) in enumerate(
                    zip(days, amounts, states, strict=True)
                )
            ],
        }
        | also
    )


def _kind(key: str, subject: Subject, **examples: OrderFacts) -> MailKind[OrderFacts]:
    return MailKind(
        key=key,
        package="tramita.orders.mails",
        facts=OrderFacts,
        subject=subject,
        examples=examples,
        about=_about,
    )


ORDER_VALIDATED: Final = _kind(
    "order_validated",
    _subject(to_translate("%(brand)s – %(product)s – your order is confirmed")),
    usual=_example(*[S.PENDING] * 4),
)
INSTALLMENT_PAID: Final = _kind(
    "installment_paid",
    _subject(to_translate("%(brand)s – %(product)s – %(amount)s paid")),
    usual=_example(S.PAID, S.PENDING, S.PENDING, S.PENDING, this=0),
)
INSTALLMENTS_FULLY_PAID: Final = _kind(
    "installments_fully_paid",
    _subject(to_translate("%(brand)s – %(product)s – everything is paid")),
    usual=_example(*[S.PAID] * 4, this=3),
)
INSTALLMENT_REFUSED: Final = _kind(
    "installment_refused",
    _subject(to_translate("%(brand)s – %(product)s – the payment of %(amount)s was refused")),
    usual=_example(
        S.PAID,
        S.REFUSED,
        S.PENDING,
        S.PENDING,
        this=1,
        refused_at=datetime(2027, 2, 17, 12, tzinfo=UTC),
    ),
    last=_example(
        S.PAID,
        S.REFUSED,
        S.PENDING,
        S.PENDING,
        this=1,
        card=None,
        refused_at=datetime(2027, 1, 17, 12, tzinfo=UTC),
    ),
)
INSTALLMENT_REMINDER: Final = _kind(
    "installment_reminder",
    _reminder,
    usual=_example(S.PAID, S.PENDING, S.PENDING, S.PENDING, this=1, days=2),
    tomorrow=_example(S.PAID, S.PENDING, S.PENDING, S.PENDING, this=1, days=1),
)
ORDER_REFUNDED: Final = _kind(
    "order_refunded",
    _subject(to_translate("%(brand)s – %(product)s – %(amount)s refunded")),
    usual=_example(S.REFUNDED, S.REFUNDED, S.CANCELED, S.CANCELED),
)
MAILS: Final = (
    ORDER_VALIDATED,
    INSTALLMENT_PAID,
    INSTALLMENTS_FULLY_PAID,
    INSTALLMENT_REFUSED,
    INSTALLMENT_REMINDER,
    ORDER_REFUNDED,
)
