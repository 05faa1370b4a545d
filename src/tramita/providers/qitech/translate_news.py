"""What QI Tech tells of a proposal, by webhook or when it is read, in our words.

Total: whatever was posted becomes ``News``, ``NotForUs`` or ``NotUnderstood``, because a
message that QI Tech signed is kept and shown even when nobody can read it. A status that is new
to us is kept as it came. A message whose date cannot be read is taken to have happened
when it is read: a late date delays nobody, an early one could make it look outdated.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from tramita.kit.masking import mask_text
from tramita.kit.outside import NotUnderstood
from tramita.portability.ports import (
    DECLINED,
    Consent,
    ConsentStatus,
    Margin,
    News,
    NotForUs,
    Stage,
    StopReason,
)
from tramita.providers.qitech.news_wire import Fields, Message, open_message, read_object
from tramita.providers.qitech.translate import LONGEST_REASON, QIStatus, read_status, stage_of

NO_STATUS: Final = "no status"
LONGEST_CODE: Final = 64
MOST_ERRORS: Final = 20

_ENDED: Final = frozenset({Stage.RETAINED, Stage.REJECTED, Stage.CANCELED})
# Assumed, like a client's refusal altogether.
_REFUSED_BY_SIGNER: Final = "refused_by_signer"
_REFINANCING: Final = "refinancing"


class WebhookType(StrEnum):
    """Every type of webhook that concerns a proposal."""

    PROPOSAL = "credit_transfer.proposal"
    COLLATERAL = "credit_transfer.proposal.collateral"
    CREDIT_OPERATION = "credit_transfer.proposal.credit_operation"
    AUTHORIZATION = "credit_transfer.portability_authorization"
    RESERVATION = "laas.social_security.reservation.status_change"
    OPERATION_COLLATERAL = "credit_operation.collateral"
    DEBT = "debt"
    SIGNER = "document.signer.status_change"


class AuthorizationStatus(StrEnum):
    """The beneficiary's consent; the last three names are assumed."""

    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    EXPIRED = "expired"


class ReservationStatus(StrEnum):
    """How a margin is reserved for a new credit or a refinancing."""

    PENDING_REQUESTER_AUTHORIZATION = "pending_requester_authorization"
    PENDING_CONFIRMATION = "pending_confirmation"
    PENDING_RESERVATION = "pending_reservation"
    AUTHORIZED = "authorized"
    RESERVED = "reserved"
    TRANSFERRED = "transferred"
    TERMINATED = "terminated"
    CANCELED = "canceled"


def consent_status_of(status: AuthorizationStatus) -> ConsentStatus:
    """Our word for the beneficiary's; a new member is a type error until decided."""
    match status:
        case AuthorizationStatus.AWAITING_CONFIRMATION:
            return ConsentStatus.AWAITING
        case AuthorizationStatus.CONFIRMED:
            return ConsentStatus.CONFIRMED
        case AuthorizationStatus.DENIED:
            return ConsentStatus.DENIED
        case AuthorizationStatus.EXPIRED:
            return ConsentStatus.EXPIRED
        case _:
            assert_never(status)


def read_proposal(body: bytes, *, at: datetime) -> News | None:
    """A proposal as it was read; ``None`` when key or status are missing.

    ``margin`` is told only once the loan is registered: before, the proposal does not
    say whether the registration failed or was not tried yet.
    """
    whole = read_object(body) or Fields({})
    key, status = whole.key("proposal_key"), whole.text("proposal_status")
    if key is None or status is None:
        return None
    news = News(key, whole.instant("proposal_status_datetime") or at, said=status)
    ported = whole.inside("portability_credit_operation")
    option = next(ported.items("disbursement_options"), Fields({}))
    first = next(option.items("installments"), Fields({}))
    refinanced = whole.inside("refinancing_credit_operation")
    return replace(
        _with_status(news, whole),
        contract_number=ported.text("contract_number"),
        consent=_consent(whole.inside("authorization")),
        margin=Margin(is_registered=True) if ported.flag("collateral_is_constituted") else None,
        refinancing_status=refinanced.text("credit_operation_status"),
        installment_amount=first.amount("total_amount"),
    )


def read_message(body: bytes, *, at: datetime) -> News | NotForUs | NotUnderstood:
    """A verified webhook; ``at`` is now.

    ``News.proposal_key`` is a *credit operation's* key in what QI Tech tells of
    reservations, of an operation's collateral and of debts: the area looks a key up
    among proposals and credit operations alike.
    """
    message = open_message(body)
    if message is None:
        return NotUnderstood("the body is no JSON object")
    if message.type is None:
        return NotUnderstood("it has no webhook_type")
    try:
        kind = WebhookType(message.type)
    except ValueError:
        return NotForUs(message.type)
    if message.key is None:
        return NotUnderstood(f"{kind} without a readable key")
    news = News(message.key, message.happened_at or at, said=message.status or NO_STATUS)
    return _told(kind, news, message)


def _told(kind: WebhookType, news: News, message: Message) -> News:
    match kind:
        case WebhookType.PROPOSAL:
            return _with_status(news, message.data)
        case WebhookType.AUTHORIZATION:
            return _with_consent(news, message)
        case WebhookType.COLLATERAL | WebhookType.OPERATION_COLLATERAL:
            return _with_margin(news, message.data)
        case WebhookType.CREDIT_OPERATION:
            return _with_operation(news, message.data)
        case WebhookType.RESERVATION:
            return replace(news, is_recognized=news.said in set(ReservationStatus))
        case WebhookType.DEBT:
            return _with_debt(news, message.data)
        case WebhookType.SIGNER:
            progress = message.data.text("type") or news.said
            return replace(news, said=progress, signer_progress=progress)
        case _:
            assert_never(kind)


def _with_status(news: News, facts: Fields) -> News:
    status = read_status(news.said)
    stage = stage_of(status) if isinstance(status, QIStatus) else None
    original = facts.inside("original_contract")
    return replace(
        news,
        stage=stage,
        is_recognized=stage is not None,
        stop=_stop(facts) if stage is None or stage in _ENDED else None,
        final_balance=facts.amount("final_due_balance") or original.amount("final_due_balance"),
        portability_number=facts.text("portability_number"),
    )


def _stop(facts: Fields) -> StopReason | None:
    """Why it ended: kept by the origin bank, refused by the clearing house, or cancelled."""
    retained, error = facts.inside("retained_reason"), facts.inside("error")
    code = (
        retained.text("reason")
        or error.text("code")
        or facts.text("cancel_reason", "retained_reason", "error")
    )
    text = retained.text("description", longest=LONGEST_REASON) or error.text(
        "reason", "description", longest=LONGEST_REASON
    )
    if code is None and text is None:
        return None
    if code == _REFUSED_BY_SIGNER:
        code = DECLINED
    return StopReason((code or "unknown")[:LONGEST_CODE], mask_text(text or code or ""))


def _with_consent(news: News, message: Message) -> News:
    found = Fields({**message.whole.members, **message.data.members})
    consent = _consent(Fields({**found.members, "portability_authorization_status": news.said}))
    return replace(
        news,
        is_recognized=consent is not None,
        consent=consent,
        portability_number=found.text("portability_number"),
    )


def _consent(authorization: Fields) -> Consent | None:
    try:
        status = AuthorizationStatus(authorization.text("portability_authorization_status") or "")
    except ValueError:
        return None
    return Consent(consent_status_of(status), authorization.day("expiration_date"))


def _with_margin(news: News, data: Fields) -> News:
    """The registration of a loan; that of its refinancing is only said, not our margin."""
    collateral = data.inside("collateral_data")
    said = collateral.text("status") or news.said
    is_registered = data.flag("collateral_constituted")
    if data.text("credit_operation_type") == _REFINANCING:
        return replace(news, said=f"{_REFINANCING} {said}", is_recognized=is_registered is not None)
    if is_registered is None:
        return replace(news, said=said, is_recognized=False)
    errors = [
        error.text("enumerator", "text", "code", longest=LONGEST_CODE)
        for error in collateral.inside("last_response").items("errors")
    ]
    named = tuple(error for error in errors if error is not None)[:MOST_ERRORS]
    return replace(news, said=said, margin=Margin(is_registered, named))


def _with_operation(news: News, data: Fields) -> News:
    """A credit operation has moved; of the portability's own the proposal's status tells."""
    said = data.text("credit_operation_status") or news.said
    is_refinancing = data.text("credit_operation_type") == _REFINANCING
    return replace(
        news,
        said=said,
        is_recognized=said != NO_STATUS,
        refinancing_status=said if is_refinancing and said != NO_STATUS else None,
    )


def _with_debt(news: News, data: Fields) -> News:
    """A new credit or a refinancing has moved; why it was cancelled is said with it."""
    reason = data.text("cancel_reason", "reason")
    return replace(
        news,
        said=news.said if reason is None else f"{news.said}: {reason}",
        is_recognized=news.said != NO_STATUS,
        refinancing_status=None if news.said == NO_STATUS else news.said,
    )
