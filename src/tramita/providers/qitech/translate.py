"""QI Tech's words in ours: pure, total, and never raising for what QI Tech may say."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

import msgspec

from tramita.kit.masking import mask_text
from tramita.kit.outcome import Refused
from tramita.kit.outside import UNREADABLE
from tramita.portability.ports import (
    CreditOperation,
    FoundProposal,
    Installment,
    LoanState,
    OfferedTerms,
    ProposalAnswer,
    Stage,
    UnreadableAnswer,
)
from tramita.providers.qitech import wire

CPF_LENGTH: Final = 11
ISPB_LENGTH: Final = 8
LONGEST_REASON: Final = 500


class QIStatus(StrEnum):
    """Every status of a portability proposal that QI Tech is known to have."""

    CREATED = "created"
    PENDING_SUBMISSION = "pending_submission"
    PENDING_RESPONSE = "pending_response"
    REJECTED = "rejected"
    PENDING_ACCEPTANCE = "pending_acceptance"
    ACCEPTED = "accepted"
    RETAINED = "retained"
    ACCEPTED_BY_REQUESTER = "accepted_by_requester"
    SETTLEMENT_SENT = "settlement_sent"
    PENDING_SETTLEMENT_CONFIRMATION = "pending_settlement_confirmation"
    PAID = "paid"
    CANCELED = "canceled"
    CANCELED_PERMANENTLY = "canceled_permanently"


@dataclass(frozen=True, slots=True)
class UnknownStatus:
    """A status QI Tech has added since; kept as it came, for a person to decide."""

    text: str


Status: TypeAlias = QIStatus | UnknownStatus

# Nothing will be paid under a proposal that stands here.
_OVER: Final[frozenset[Status]] = frozenset(
    {QIStatus.REJECTED, QIStatus.RETAINED, QIStatus.CANCELED, QIStatus.CANCELED_PERMANENTLY}
)


def read_status(text: str) -> Status:
    """Recognize a status, or keep it as unknown."""
    try:
        return QIStatus(text)
    except ValueError:
        return UnknownStatus(text)


def stage_of(status: QIStatus) -> Stage:  # noqa: C901, PLR0912 - a table
    """Our stage for QI Tech's status; a new member is a type error until decided."""
    match status:
        case QIStatus.CREATED:
            return Stage.OFFERED
        case QIStatus.PENDING_SUBMISSION:
            return Stage.HELD
        case QIStatus.PENDING_RESPONSE:
            return Stage.SUBMITTED
        case QIStatus.PENDING_ACCEPTANCE:
            return Stage.AT_ORIGIN
        case QIStatus.ACCEPTED:
            return Stage.BALANCE_RETURNED
        case QIStatus.ACCEPTED_BY_REQUESTER:
            return Stage.BALANCE_ACCEPTED
        case QIStatus.SETTLEMENT_SENT:
            return Stage.SETTLING
        case QIStatus.PENDING_SETTLEMENT_CONFIRMATION:
            return Stage.CONFIRMING
        case QIStatus.PAID:
            return Stage.PAID
        case QIStatus.RETAINED:
            return Stage.RETAINED
        case QIStatus.REJECTED:
            return Stage.REJECTED
        case QIStatus.CANCELED | QIStatus.CANCELED_PERMANENTLY:
            return Stage.CANCELED
        case _:
            assert_never(status)


class LoanStatus(StrEnum):
    """Every status of a loan that QI Tech is known to have, as far as signing goes."""

    WAITING_SIGNATURE = "waiting_signature"
    SIGNED = "signed"
    CANCELED = "canceled"
    CANCELED_PERMANENTLY = "canceled_permanently"


def loan_state_of(status: LoanStatus) -> LoanState:
    """Our word for QI Tech's; a new member is a type error until decided."""
    match status:
        case LoanStatus.WAITING_SIGNATURE:
            return LoanState.UNSIGNED
        case LoanStatus.SIGNED:
            return LoanState.SIGNED
        case LoanStatus.CANCELED | LoanStatus.CANCELED_PERMANENTLY:
            return LoanState.ENDED
        case _:
            assert_never(status)


def translate_proposal_answer(body: bytes) -> ProposalAnswer | UnreadableAnswer:
    """A 2xx answer in our words, or everything that makes it unreadable."""
    try:
        return _proposal_answer(wire.read_proposal_answer(body))
    except UNREADABLE as error:
        faults = wire.find_faults(body) or (f"{type(error).__name__}.",)
        return UnreadableAnswer(tuple(map(mask_text, faults)), _find_proposal_key(body))


def translate_found_proposals(
    body: bytes, *, contract_number: str
) -> tuple[FoundProposal, ...] | None:
    """The answer to a query by contract number; ``None`` when it is no such list.

    Nor is a list with another contract's proposal on it: whoever answers so has not
    understood the question, and that ours is not on it means nothing.
    """
    try:
        found = msgspec.json.decode(body, type=list[wire.FoundProposal], strict=False)
    except UNREADABLE:
        return None
    if any(_number_of(one) not in (contract_number, None) for one in found):
        return None
    return tuple(
        FoundProposal(
            key=str(one.proposal_key),
            number=str(one.proposal_number),
            # A status that QI Tech has added since counts as live: the careful side.
            is_live=read_status(one.proposal_status) not in _OVER,
        )
        for one in found
    )


def _number_of(found: wire.FoundProposal) -> str | None:
    loan = found.portability_credit_operation
    return loan.contract_number if loan else None


def translate_refusal(status: int, body: bytes) -> Refused:
    """A 4xx answer: QI Tech's code and words, or ``HTTP_422`` when it gave none."""
    try:
        error = msgspec.json.decode(body, type=wire.ErrorAnswer, strict=False)
    except UNREADABLE:
        error = wire.ErrorAnswer()
    reason = error.translation or error.description or error.title or f"HTTP {status}"
    return Refused(
        code=(error.code or f"HTTP_{status}")[:64], reason=mask_text(reason[:LONGEST_REASON])
    )


def _proposal_answer(answer: wire.ProposalAnswer) -> ProposalAnswer:
    refinancing = answer.refinancing_credit_operation
    return ProposalAnswer(
        proposal_key=str(answer.proposal_key),
        proposal_number=str(answer.proposal_number),
        stage=_stage(answer.proposal_status),
        said=answer.proposal_status,
        cpf=_padded(answer.borrower.individual_document_number, CPF_LENGTH),
        benefit_number=str(answer.collaterals[0].collateral_data.benefit_number),
        origin_contract_number=str(answer.origin_operation.contract_number),
        origin_ispb=_padded(answer.origin_operation.ispb_number, ISPB_LENGTH),
        portability=_credit_operation(answer.portability_credit_operation),
        refinancing=_credit_operation(refinancing) if refinancing is not None else None,
        signature_url=find_signature_url(answer.signature_information),
    )


def _credit_operation(operation: wire.CreditOperation) -> CreditOperation:
    return CreditOperation(
        key=str(operation.credit_operation_key),
        state=_loan_state(operation.credit_operation_status),
        said=operation.credit_operation_status,
        contract_number=operation.contract_number,
        document_key=operation.document_key or None,
        final_disbursement_amount=wire.read_amount(operation.final_disbursement_amount),
        # The first option is the one for the day we asked for.
        terms=_offered_terms(operation.disbursement_options[0]),
    )


def _stage(text: str) -> Stage | None:
    status = read_status(text)
    return None if isinstance(status, UnknownStatus) else stage_of(status)


def _loan_state(text: str) -> LoanState | None:
    return loan_state_of(LoanStatus(text)) if text in set(LoanStatus) else None


def _offered_terms(option: wire.DisbursementOption) -> OfferedTerms:
    return OfferedTerms(
        monthly_interest_rate=wire.read_fraction(option.prefixed_interest_rate.monthly_rate),
        annual_interest_rate=wire.read_amount(option.prefixed_interest_rate.annual_rate),
        monthly_cet=None if option.cet is None else wire.read_percent(option.cet),
        annual_cet=None if option.annual_cet is None else wire.read_percent(option.annual_cet),
        issue_amount=wire.read_amount(option.issue_amount),
        fees=_sum((option.contract_fee_amount, option.external_contract_fee_amount)),
        disbursement_date=wire.read_day(option.disbursement_date),
        number_of_installments=option.number_of_installments,
        installments=tuple(_installment(line) for line in option.installments),
    )


def _installment(line: wire.Installment) -> Installment:
    return Installment(
        number=line.installment_number,
        due_date=wire.read_day(line.due_date),
        amount=wire.read_amount(line.total_amount),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((wire.read_amount(amount) for amount in amounts if amount is not None), Decimal(0))


def _padded(identifier: str | int, length: int) -> str:
    # Defensive: one client's model has these as integers, which lose leading zeros.
    return str(identifier).zfill(length)


def find_signature_url(information: object) -> str | None:
    """The first web link among the signers; only its name is public, not its shape."""
    signers = information if isinstance(information, list) else [information]
    for signer in signers:
        url = signer.get("signature_url") if isinstance(signer, dict) else None
        # Defensive: the link becomes a button on the client's page.
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            return url
    return None


def _find_proposal_key(body: bytes) -> str | None:
    try:
        return str(msgspec.json.decode(body, type=wire.ProposalKey).proposal_key)
    except UNREADABLE:
        return None
