"""What portability needs from a credit provider, in our words.

Rates are monthly or annual *fractions* (``Decimal("0.0167")`` is 1.67 %), money
is BRL as ``Decimal`` with two decimals, CPF and ISPB are digits only.
"""

from tramita.portability.ports.answers import (
    Answered,
    CreditOperation,
    EndedProposal,
    FoundProposal,
    Installment,
    LoanState,
    OfferedTerms,
    ProposalAnswer,
    ProposalRef,
    UnreadableAnswer,
)
from tramita.portability.ports.asked import (
    Address,
    BankAccount,
    Benefit,
    Borrower,
    Document,
    Identification,
    OriginContract,
    Phone,
    Proposal,
    Terms,
)
from tramita.portability.ports.gateways import (
    Picture,
    ProposalGateway,
)
from tramita.portability.ports.news import (
    Consent,
    ConsentStatus,
    Margin,
    News,
    NotForUs,
    Stage,
    StopReason,
)

__all__ = [
    "Address",
    "Answered",
    "BankAccount",
    "Benefit",
    "Borrower",
    "Consent",
    "ConsentStatus",
    "CreditOperation",
    "Document",
    "EndedProposal",
    "FoundProposal",
    "Identification",
    "Installment",
    "LoanState",
    "Margin",
    "News",
    "NotForUs",
    "OfferedTerms",
    "OriginContract",
    "Phone",
    "Picture",
    "Proposal",
    "ProposalAnswer",
    "ProposalGateway",
    "ProposalRef",
    "Stage",
    "StopReason",
    "Terms",
    "UnreadableAnswer",
]
