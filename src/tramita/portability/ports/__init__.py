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
    CAPABILITIES,
    BalanceAcceptance,
    Picture,
    Pictures,
    ProposalGateway,
    Recalculation,
    SignatureGroups,
    Submission,
)
from tramita.portability.ports.news import (
    DECLINED,
    Consent,
    ConsentStatus,
    Margin,
    News,
    NotForUs,
    Stage,
    StopReason,
)
from tramita.portability.ports.policy import LARGEST_PICTURE, Caps, PictureLimits, Policy

__all__ = [
    "CAPABILITIES",
    "DECLINED",
    "LARGEST_PICTURE",
    "Address",
    "Answered",
    "BalanceAcceptance",
    "BankAccount",
    "Benefit",
    "Borrower",
    "Caps",
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
    "PictureLimits",
    "Pictures",
    "Policy",
    "Proposal",
    "ProposalAnswer",
    "ProposalGateway",
    "ProposalRef",
    "Recalculation",
    "SignatureGroups",
    "Stage",
    "StopReason",
    "Submission",
    "Terms",
    "UnreadableAnswer",
]
