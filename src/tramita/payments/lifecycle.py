"""The life cycle of an instalment, and of a card.

An instalment is ``pending`` until a bank has said yes or no. ``paid`` is money that is there.
``refused`` is a bank's no: its owner may pay in another way, and on some later days it is
debited once more. ``error`` is not the bank's: the provider did not take our request, nobody
was asked, and it is debited again the next night. Where nobody knows what became of a
debit the instalment stays what it was; the operation that stands for the debit is ``UNKNOWN``, and
the provider is asked until it is known.

``canceled`` instalments are wanted no more. One that is paid all the same (a debit was under
way, a form was open) is ``paid``: the money is there, and whoever cancelled gives it back. What was
given back is ``refunded``, and stays so whatever is told of its payment later.

A card is deleted here at once and at its provider as soon as that answers; until then it is
``deleting``, and nobody can use it any more.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class InstallmentState(StrEnum):
    """Where an instalment stands."""

    PENDING = "pending"
    PAID = "paid"
    REFUSED = "refused"
    ERROR = "error"
    CANCELED = "canceled"
    REFUNDED = "refunded"


class InstallmentTrigger(StrEnum):
    """What moves it."""

    PAY = "pay"
    REFUSE = "refuse"
    FAIL = "fail"
    CANCEL = "cancel"
    REFUND = "refund"


class CardState(StrEnum):
    """Where a card stands."""

    ACTIVE = "active"
    DELETING = "deleting"
    DELETED = "deleted"


class CardTrigger(StrEnum):
    """What moves it."""

    DELETE = "delete"
    CONFIRM = "confirm"


S, T = InstallmentState, InstallmentTrigger

_OPEN_ARROWS: Final = {
    T.PAY: S.PAID,
    T.REFUSE: S.REFUSED,
    T.FAIL: S.ERROR,
    T.CANCEL: S.CANCELED,
}

INSTALLMENT: Final = Lifecycle(
    name="instalment",
    initial=S.PENDING,
    table={
        S.PENDING: _OPEN_ARROWS,
        S.REFUSED: _OPEN_ARROWS,
        S.ERROR: _OPEN_ARROWS,
        S.PAID: {T.REFUND: S.REFUNDED},
        S.CANCELED: {T.PAY: S.PAID},
        S.REFUNDED: {},
    },
)

# Debited by itself when it is due.
TO_DEBIT: Final = frozenset({S.PENDING, S.ERROR})
# There is money to come.
TO_PAY: Final = TO_DEBIT | {S.REFUSED}

CARD: Final = Lifecycle(
    name="card",
    initial=CardState.ACTIVE,
    table={
        CardState.ACTIVE: {CardTrigger.DELETE: CardState.DELETING},
        CardState.DELETING: {CardTrigger.CONFIRM: CardState.DELETED},
        CardState.DELETED: {},
    },
)
