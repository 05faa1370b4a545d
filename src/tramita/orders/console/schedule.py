"""The payment schedule as the page of an order shows it: the card, and instalments with what was tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from tramita.console.words import STAMPS, Stamp
from tramita.kit.languages.words import to_translate
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.orders.console.words import (
    IN_FORM,
    INSTALLMENT_STAMPS,
    MOVEMENTS,
    OVERDUE,
    explain_refusal,
)
from tramita.orders.lifecycle import ACTIVE, BINDING, OrderState
from tramita.orders.operator.story import OrderStory
from tramita.payments.lifecycle import TO_DEBIT, TO_PAY
from tramita.payments.queries import CardView
from tramita.payments.story import InstallmentLine, Movement

_ENDED: Final = {
    True: to_translate("No card is kept for it any more: nothing is left to be debited."),
    False: to_translate("No card is defined: nothing can be debited before its learner saves one."),
}
# By whether its learner has signed, and a card is known.
_WHEN_EMPTY: Final = {
    True: to_translate("It is being written."),
    False: to_translate(
        "It is written when the order has its signature and a card: by the percentages for its "
        "total, and by the dates of the course."
    ),
}
_FREE: Final = to_translate("Nothing is to be paid: it is free.")
_NOT_DEBITABLE: Final = to_translate(
    "This card cannot be debited without its owner: the bank’s consent is missing."
)


@dataclass(frozen=True, slots=True)
class Card:
    """A card as people read it: brand, last digits, month and year; ``is_expired``: that is over."""

    brand: str
    last_numbers: str
    expiry: str
    is_expired: bool
    warning: str | None

    @classmethod
    def of(cls, card: CardView, today: date) -> Self:
        """As seen on a day."""
        return cls(
            card.brand,
            card.last_numbers,
            f"{card.expiration_month:02}/{card.expiration_year}",
            (card.expiration_year, card.expiration_month) < (today.year, today.month),
            None if card.can_debit else _NOT_DEBITABLE,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment: its place, its stamp, in how many days it is due, and what was tried."""

    row: InstallmentLine
    stamp: Stamp
    days: int
    why: str | None
    operation: Stamp | None
    movements: Sequence[tuple[Movement, str]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """All of it. ``missing`` says that there is no card; ``calls``: somebody has to save one.

    ``when_empty`` stands in place of instalments.
    """

    card: Card | None
    missing: str | None
    calls: bool
    lines: Sequence[Line]
    when_empty: str

    @classmethod
    def of(cls, story: OrderStory, today: date) -> Self:
        """As seen on a day."""
        account, state = story.account, story.row.state
        if account is None:
            return cls(None, None, False, (), _FREE)
        is_over = state not in ACTIVE - {OrderState.COMPLETED} or not _is_open(account.installments)
        lines = [
            _line(one, today, [move for move in account.movements if move.installment_id == one.id])
            for one in account.installments
        ]
        return cls(
            Card.of(account.card, today) if account.card else None,
            None if account.card else _ENDED[is_over],
            not account.card and not is_over,
            lines,
            _WHEN_EMPTY[state in BINDING],
        )


def _is_open(installments: Sequence[InstallmentLine]) -> bool:
    """Whether there is money to come, or will be."""
    return not installments or any(one.state in TO_PAY for one in installments)


def _line(row: InstallmentLine, today: date, movements: Sequence[Movement]) -> Line:
    stamp = INSTALLMENT_STAMPS[row.state]
    if row.state in TO_PAY and row.is_in_form:
        stamp = IN_FORM
    elif row.state in TO_DEBIT and row.due_date <= today:
        stamp = OVERDUE if stamp.look == "idle" else stamp
    state = OperationState(row.operation_state) if row.operation_state else None
    return Line(
        row,
        stamp,
        (row.due_date - today).days,
        explain_refusal(row.refusal),
        STAMPS[state] if state in LIVE else None,
        [(one, MOVEMENTS[one.kind]) for one in movements],
    )
