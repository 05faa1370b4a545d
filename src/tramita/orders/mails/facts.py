"""What an e-mail about an order is about, as it was when the e-mail was written."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from tramita.kit.money import Money
from tramita.payments.lifecycle import TO_PAY, InstallmentState


class Due(Struct):
    """One instalment of the order; ``is_this`` is the one that the e-mail is about."""

    due_date: date
    amount: Decimal
    state: InstallmentState
    is_this: bool = False


class OrderFacts(Struct):
    """An order, and its instalments in order.

    ``card`` are the last digits of the one that was, or will be, debited; ``days`` are left until then.
    ``refused_at`` is when a bank first refused this instalment, if it did, and ``written_at`` when the
    e-mail about that was written.
    """

    full_name: str
    order_id: UUID
    product: str
    course: str
    organization: str
    total: Decimal
    currency: str
    installments: list[Due]
    card: str | None = None
    days: int | None = None
    refused_at: datetime | None = None
    written_at: datetime | None = None

    def money(self, amount: Decimal) -> Money:
        """An amount in the order's currency."""
        return Money(amount, self.currency)

    @property
    def this(self) -> Due:
        """The instalment that the e-mail is about."""
        return next(one for one in self.installments if one.is_this)

    @property
    def amount(self) -> Money:
        """What the e-mail is about: its instalment, or else what was given back."""
        about = [one for one in self.installments if one.is_this]
        return self._sum(about) if about else self.paid_back

    @property
    def position(self) -> int:
        """Which of them that is, from 1 on."""
        return self.installments.index(self.this) + 1

    @property
    def left(self) -> list[Due]:
        """What is still to be paid."""
        return [one for one in self.installments if one.state in TO_PAY]

    @property
    def left_to_pay(self) -> Money:
        """How much that is."""
        return self._sum(self.left)

    @property
    def paid_back(self) -> Money:
        """What was given back."""
        refunded = InstallmentState.REFUNDED
        return self._sum([one for one in self.installments if one.state is refunded])

    def _sum(self, dues: list[Due]) -> Money:
        return self.money(sum((one.amount for one in dues), Decimal(0)))
