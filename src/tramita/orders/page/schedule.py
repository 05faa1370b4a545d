"""A schedule of payments as a learner reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tramita.kit.languages.words import Words
from tramita.kit.money import Money
from tramita.orders.page.words import DUE, INSTALLMENT_STAMPS, Stamp
from tramita.orders.views import Installment
from tramita.payments.lifecycle import InstallmentState
from tramita.payments.rules.schedule import Due


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment: when, how much, and what has become of it."""

    day: str
    iso: str
    amount: str
    stamp: Stamp | None = None


def show_schedule(found: Sequence[Installment], today: date, words: Words) -> list[Line]:
    """The instalments of an order, in order."""
    return [_line(one, today, words) for one in found]


def show_preview(dues: Sequence[Due], words: Words) -> list[Line]:
    """What would be due when."""
    return [
        Line(words.date(one.due_date, "long"), one.due_date.isoformat(), words.money(one.amount))
        for one in dues
    ]


def as_money(amount: float, currency: str) -> Money:
    """An amount that the API tells as a number; what is given back is below nothing."""
    return Money(Decimal(f"{amount:.2f}"), currency)


def money_of(one: Installment) -> Money:
    """What is due."""
    return as_money(one.amount, one.currency)


def sum_of(found: Sequence[Installment], *states: InstallmentState) -> Money | None:
    """What the instalments in these states come to; ``None`` where there are none."""
    amounts = [money_of(one) for one in found if one.state in states]
    if not amounts:
        return None
    return Money(sum((one.amount for one in amounts), Decimal(0)), amounts[0].currency)


def _line(one: Installment, today: date, words: Words) -> Line:
    is_due = one.state is InstallmentState.PENDING and one.due_date <= today
    word, kind = DUE if is_due else INSTALLMENT_STAMPS[one.state]
    return Line(
        words.date(one.due_date, "long"),
        one.due_date.isoformat(),
        words.money(money_of(one)),
        (words.gettext(word), kind),
    )
