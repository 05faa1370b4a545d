"""What QI Tech asks for in a proposal: the fields this simulator checks or echoes."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

Digits11 = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{11}$(?!\n)")]
Digits8 = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}$(?!\n)")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Count = Annotated[int, msgspec.Meta(ge=1, le=144)]


class Financial(msgspec.Struct):
    """Terms asked for; ``monthly_interest_rate`` is a fraction, amounts are BRL."""

    monthly_interest_rate: Decimal
    number_of_installments: Count
    first_due_date: date
    limit_days_to_disburse: int = 7
    installment_face_value: Decimal | None = None


class Credit(msgspec.Struct):
    """One credit operation; the refinancing brings no number of its own."""

    financial: Financial
    contract_number: str = ""


class PortabilityCredit(msgspec.Struct):
    """The loan that takes over the old one."""

    financial: Financial
    contract_number: Name


class OriginContract(msgspec.Struct):
    """The loan at the origin bank."""

    ispb: Digits8
    contract_number: Name
    last_due_balance: Decimal


class OriginBalance(msgspec.Struct):
    """All a simulation needs to know of the loan at the origin bank."""

    last_due_balance: Decimal


class Borrower(msgspec.Struct):
    """Who borrows; the rest of the object is echoed as it came."""

    name: Name
    individual_document_number: Digits11
    document_identification: str | None = None
    document_identification_back: str | None = None
    selfie: str | None = None

    @property
    def document_keys(self) -> list[str]:
        """The uploads named here."""
        keys = (self.document_identification, self.document_identification_back, self.selfie)
        return [key for key in keys if key is not None]


class ProposalRequest(msgspec.Struct):
    """The body of ``POST /v2/credit_transfer/proposal``."""

    proposal_type: str
    borrower: Borrower
    collaterals: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]
    portability_credit_operation: PortabilityCredit
    origin_contract: OriginContract
    refinancing_credit_operation: Credit | None = None
    document_batch_group_key: str | None = None


class SimulationRequest(msgspec.Struct):
    """The body of ``POST /v2/credit_transfer/proposal_simulation``."""

    portability_credit_operation: Credit
    origin_contract: OriginBalance
    refinancing_credit_operation: Credit | None = None


class StatusPatch(msgspec.Struct):
    """The body of ``PATCH /v2/credit_transfer/proposal/{proposal_key}``."""

    status: Name


class Signature(msgspec.Struct):
    """The body of ``POST …/portability_credit_operation/signature``."""

    type: Literal["pdf-signature"]
    signed_pdf_path: str
    ip_address: str
    signature_datetime: str
    similarity_score: float | None = None
    biometry_analysis_reference: str | None = None


class Attachment(msgspec.Struct):
    """The body of ``POST …/attached_document``; its two names are assumed."""

    document_key: Name
    document_type: Literal["document_identification", "document_identification_back", "selfie"]


class Recalculation(msgspec.Struct):
    """The body of ``POST …/recalculate_portability``; BRL and a monthly fraction."""

    new_installment_amount: Decimal
    new_monthly_interest_rate: Annotated[float, msgspec.Meta(ge=0, lt=1)] | None = None


class Correction(msgspec.Struct):
    """The body of ``PUT …/refinancing_credit_operation``; the account is not looked at."""

    financial: Financial | None = None
    disbursement_bank_account: dict[str, Any] | None = None


class BalanceQuestion(msgspec.Struct):
    """The body of ``POST /social_security/balance_request``; the names are assumed."""

    document_number: Digits11
    benefit_number: str = ""


class MockEvent(msgspec.Struct):
    """The body of ``POST /mock/credit_transfer/ctc``, the sandbox's way to move a proposal."""

    proposal_key: Name
    event_type: Name
