"""Which moves of an order follow from its circumstances.

The conditions of one state exclude one another, so their order does not matter; a test walks
them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tramita.kit.fitting import Fitting
from tramita.orders.lifecycle import BINDING, ORDER, OrderState, OrderTrigger
from tramita.payments.lifecycle import InstallmentState

T = OrderTrigger

PAID: Final = InstallmentState.PAID.value
REFUSED: Final = InstallmentState.REFUSED.value
_BACK: Final = frozenset({InstallmentState.REFUNDED.value, InstallmentState.CANCELED.value})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is so about an order; ``installments`` are their states in order of due date.

    ``has_card``: one that can be debited is bound to it. ``is_submitted``: a signing procedure
    that may still be signed runs. A free order has neither card nor instalments.
    """

    has_organization: bool = True
    is_free: bool = False
    has_contract: bool = True
    is_submitted: bool = False
    is_signed: bool = False
    has_card: bool = False
    is_one_sitting: bool = False
    installments: tuple[str, ...] = ()

    @property
    def is_unsigned(self) -> bool:
        """The learner's signature is missing."""
        return self.has_contract and not self.is_signed

    @property
    def needs_card(self) -> bool:
        """There is nothing to debit."""
        return not self.is_free and not self.has_card

    @property
    def is_paid(self) -> bool:
        """Nothing is left to pay."""
        return self.is_free or self._are_all(PAID)

    @property
    def is_first_paid(self) -> bool:
        """The first instalment came in."""
        return self.installments[:1] == (PAID,)

    @property
    def is_first_refused(self) -> bool:
        """The first instalment did not come in."""
        return self.installments[:1] == (REFUSED,)

    @property
    def is_later_refused(self) -> bool:
        """One after the first was refused."""
        return REFUSED in self.installments[1:]

    @property
    def has_gone_back(self) -> bool:
        """Whatever was paid was returned."""
        return bool(self.installments) and _BACK.issuperset(self.installments)

    def _are_all(self, state: str) -> bool:
        return bool(self.installments) and set(self.installments) == {state}


def _can_be_debited(c: Circumstances) -> bool:
    """What the first instalment has come to is known, or will be."""
    return c.has_card or c.is_first_paid or c.is_first_refused


def _is_signed_unpaid(c: Circumstances) -> bool:
    return not c.is_unsigned and not c.is_paid


def _needs_both_at_once(c: Circumstances) -> bool:
    return c.is_unsigned and c.needs_card and c.is_one_sitting


MOVES: Final[Fitting[OrderState, OrderTrigger, Circumstances]] = Fitting(
    ORDER,
    {
        T.ASSIGN: lambda c: c.has_organization,
        T.COMPLETE: lambda c: c.is_paid and not c.is_unsigned,
        T.NEED_BOTH: _needs_both_at_once,
        T.NEED_SIGNATURE: lambda c: c.is_unsigned and not _needs_both_at_once(c),
        T.SUBMIT: lambda c: c.is_submitted or not c.is_unsigned,
        T.LOSE_SIGNATURE: lambda c: c.is_unsigned and not c.is_submitted,
        T.NEED_CARD: lambda c: _is_signed_unpaid(c) and not _can_be_debited(c),
        T.AWAIT_PAYMENT: lambda c: _is_signed_unpaid(c) and _can_be_debited(c),
        T.FIRST_PAID: lambda c: c.is_first_paid and not c.is_paid,
        T.FIRST_REFUSED: lambda c: c.is_first_refused,
        T.LATER_REFUSED: lambda c: c.is_later_refused,
        T.CATCH_UP: lambda c: c.is_first_paid and not c.is_later_refused and not c.is_paid,
        T.ALL_REFUNDED: lambda c: c.has_gone_back,
    },
)


def is_withdrawable(state: str, dues: Sequence[date], today: date, *, is_waived: bool) -> bool:
    """Whether it binds its learner, who has not waived the right, and nothing of it is due yet.

    What is pending and has no dues yet is about to get them; what is complete without any is free.
    """
    if is_waived or state not in BINDING:
        return False
    return today < min(dues) if dues else state == OrderState.PENDING
