"""An invented proposal and the flawless answer to it, for tests of pure code."""

from datetime import date
from decimal import Decimal
from typing import Final

from tramita.portability.ports import (
    Address,
    BankAccount,
    Benefit,
    Borrower,
    CreditOperation,
    Document,
    Identification,
    Installment,
    LoanState,
    OfferedTerms,
    OriginContract,
    Phone,
    Proposal,
    ProposalAnswer,
    Stage,
    Terms,
)
from tramita.portability.price import annual_rate, installment_amount

TODAY: Final = date(2026, 11, 23)
PROPOSAL_KEY: Final = "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a01"
PORTABILITY_KEY: Final = "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a02"
REFINANCING_KEY: Final = "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a03"

BORROWER: Final = Borrower(
    name="Maria Souza",
    cpf="16514548091",
    birth_date=date(1954, 9, 8),
    gender="female",
    mother_name="Ana Souza",
    nationality="brasileira",
    marital_status="single",
    is_pep=False,
    email="maria@example.com",
    phone=Phone("11", "987654321"),
    identification=Identification("rg", "123456789", date(2010, 5, 20)),
    address=Address("Rua A", "10", None, "Centro", "São Paulo", "SP", "01001000"),
)

TERMS: Final = Terms(Decimal("0.0167"), 80, date(2027, 1, 7), Decimal("202.73"))

PROPOSAL: Final = Proposal(
    contract_number="A-0001",
    borrower=BORROWER,
    benefit=Benefit("0123456789", "SP", 41),
    bank_account=BankAccount("033", "0001", "00001", "1"),
    origin=OriginContract(
        ispb="00000208",
        bank_name="Banco Aurora",
        contract_number="998877",
        last_due_balance=Decimal("8912.77"),
        monthly_interest_rate=Decimal("0.0221"),
        installment_amount=Decimal("250.00"),
        remaining_installments=80,
    ),
    terms=TERMS,
    documents=(Document("selfie", "image/jpeg", 800, 600, 300_000, "doc-1"),),
)

# The change of a refinancing: the same client lends more, over a longer time.
REFINANCING: Final = Terms(Decimal("0.0167"), 96, date(2027, 1, 7), Decimal("250.00"))


def schedule(first_due: date, *, number: int, amount: Decimal) -> tuple[Installment, ...]:
    """Equal instalments on the same day of consecutive months."""
    months = (first_due.year * 12 + first_due.month - 1 + i for i in range(number))
    dates = (date(month // 12, month % 12 + 1, first_due.day) for month in months)
    return tuple(Installment(i, due, amount) for i, due in enumerate(dates, start=1))


def offered(principal: Decimal, *, terms: Terms) -> OfferedTerms:
    """What a provider that does its sums offers for ``principal`` on ``terms``."""
    rate = terms.monthly_interest_rate
    number = terms.number_of_installments
    amount = installment_amount(principal, monthly_rate=rate, installments=number)
    return OfferedTerms(
        monthly_interest_rate=rate,
        annual_interest_rate=annual_rate(rate),
        monthly_cet=rate,
        annual_cet=annual_rate(rate),
        issue_amount=principal,
        fees=Decimal(0),
        disbursement_date=date(2026, 11, 26),
        number_of_installments=number,
        installments=schedule(terms.first_due_date, number=number, amount=amount),
    )


ANSWER: Final = ProposalAnswer(
    proposal_key=PROPOSAL_KEY,
    proposal_number="100001",
    stage=Stage.OFFERED,
    said="created",
    cpf="16514548091",
    benefit_number="123456789",
    origin_contract_number="998877",
    origin_ispb="00000208",
    portability=CreditOperation(
        key=PORTABILITY_KEY,
        state=LoanState.UNSIGNED,
        said="waiting_signature",
        contract_number="A-0001",
        document_key="ccb-1",
        final_disbursement_amount=Decimal(0),
        terms=offered(Decimal("8912.77"), terms=TERMS),
    ),
    refinancing=None,
    signature_url="https://sign.example.com/s/1",
)

# 12,000.00 are lent again: 8,912.77 settle the portability, the rest is the change.
REFINANCED: Final = CreditOperation(
    key=REFINANCING_KEY,
    state=LoanState.UNSIGNED,
    said="waiting_signature",
    contract_number="A-0001-R",
    document_key="ccb-2",
    final_disbursement_amount=Decimal("3087.23"),
    terms=offered(Decimal("12000.00"), terms=REFINANCING),
)
