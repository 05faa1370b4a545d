"""What QI Tech offers for the terms a partner asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from tramita.providers.qitech.simulator.business_days import business_day_from
from tramita.providers.qitech.simulator.envelopes import CHANGE_TOO_SMALL
from tramita.providers.qitech.simulator.price import (
    Line,
    amortize,
    annuity_factor,
    uniform_installment,
)
from tramita.providers.qitech.simulator.requests import Financial
from tramita.simulation.front.asking import Refused

# Brasília has had no summer time since 2019.
BRASILIA = timezone(timedelta(hours=-3))
# The change of a refinancing must reach this part of what the client pays more.
MINIMUM_CHANGE = 0.05


@dataclass(frozen=True, slots=True)
class Offer:
    """One calculated loan; ``rate`` is a monthly fraction, amounts are cents."""

    rate: float
    principal: int
    installment: int
    count: int
    first_due_date: date
    disbursed_on: date

    @property
    def lines(self) -> tuple[Line, ...]:
        """The schedule."""
        return amortize(
            self.principal, rate=self.rate, count=self.count, installment=self.installment
        )

    @property
    def total(self) -> int:
        """What the client pays in all, last-instalment rounding aside."""
        return self.installment * self.count

    def with_price_installment(self) -> Offer:
        """The same loan with the instalment that repays exactly its principal."""
        installment = uniform_installment(self.principal, self.rate, self.count)
        return replace(self, installment=installment)


def cents(amount: Decimal) -> int:
    """BRL as whole cents."""
    return int((amount * 100).to_integral_value())


def offer_portability(financial: Financial, balance: int, *, at: datetime) -> Offer:
    """Lend exactly the balance of the origin contract, instalment by the Price formula."""
    rate, count = float(financial.monthly_interest_rate), financial.number_of_installments
    installment = uniform_installment(balance, rate, count)
    return _offer(financial, balance, installment, at)


def offer_refinancing(financial: Financial, ported: Offer, *, at: datetime) -> Offer:
    """Lend what the wanted instalment can repay; it replaces the ported loan.

    What goes beyond the ported loan is the client's change. Raises ``Refused``
    when that is below the published minimum. Without a wanted instalment, the
    client goes on paying what the portability costs.
    """
    face = financial.installment_face_value
    installment = ported.installment if face is None else cents(face)
    factor = annuity_factor(
        float(financial.monthly_interest_rate), financial.number_of_installments
    )
    offer = _offer(financial, round(installment * factor), installment, at)
    change = offer.principal - ported.principal
    minimum = max(0, round(MINIMUM_CHANGE * (offer.total - ported.total)))
    if change <= 0 or change < minimum:
        amounts = f"minimum {minimum / 100:.2f}, computed {change / 100:.2f}"
        raise Refused(CHANGE_TOO_SMALL, f"The change is below the minimum: {amounts}.")
    return offer


def offer_with_installment(offer: Offer, installment: int, *, rate: float) -> Offer:
    """The same number of other instalments: the principal is what they repay."""
    principal = round(installment * annuity_factor(rate, offer.count))
    return replace(offer, rate=rate, principal=principal, installment=installment)


def _offer(financial: Financial, principal: int, installment: int, at: datetime) -> Offer:
    tomorrow = at.astimezone(BRASILIA).date() + timedelta(days=1)
    return Offer(
        float(financial.monthly_interest_rate),
        principal,
        installment,
        financial.number_of_installments,
        financial.first_due_date,
        business_day_from(tomorrow),
    )
