"""What moving the loan means in money, for the details and the client's page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tramita.portability.ports import Proposal, ProposalAnswer


@dataclass(frozen=True, slots=True)
class Financial:
    """The offer in figures: rates are fractions, amounts BRL.

    ``saving_per_month`` compares with the instalment paid today; ``saving_total``
    with everything still to be paid at the origin bank.
    """

    monthly_interest_rate: Decimal
    annual_cet: Decimal | None
    installment_amount: Decimal
    number_of_installments: int
    issue_amount: Decimal
    first_due_date: date
    saving_per_month: Decimal
    saving_total: Decimal


def financial_of(proposal: Proposal, answer: ProposalAnswer) -> Financial:
    """The figures of a proposal that passed the rules, from its own schedule."""
    terms = answer.portability.terms
    installment = terms.installments[0]
    to_pay_today = proposal.origin.installment_amount * proposal.origin.remaining_installments
    to_pay_after = sum((one.amount for one in terms.installments), Decimal(0))
    return Financial(
        monthly_interest_rate=terms.monthly_interest_rate,
        annual_cet=terms.annual_cet,
        installment_amount=_cents(installment.amount),
        number_of_installments=terms.number_of_installments,
        issue_amount=_cents(terms.issue_amount),
        first_due_date=installment.due_date,
        saving_per_month=_cents(proposal.origin.installment_amount - installment.amount),
        saving_total=_cents(to_pay_today - to_pay_after),
    )


def _cents(amount: Decimal) -> Decimal:
    """Always two decimals, whatever the provider's JSON left out."""
    return amount.quantize(Decimal("0.01"))
