"""What a lender tells of a proposal afterwards, by webhook or when it is asked."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """How far a proposal has come at the provider, in the order in which it happens.

    The last three end it without payment, ``PAID`` ends it well.
    """

    DECIDING = "deciding"  # taken, and the lender has not said yes or no
    OFFERED = "offered"  # created, waits for the client's signature
    HELD = "held"  # signed, waits for our word to be submitted
    SUBMITTED = "submitted"  # at the clearing house
    AT_ORIGIN = "at_origin"  # the origin bank has five business days
    BALANCE_RETURNED = "balance_returned"  # the origin bank told the true balance
    BALANCE_ACCEPTED = "balance_accepted"  # we agreed to it
    SETTLING = "settling"  # the payment is on its way
    CONFIRMING = "confirming"  # paid, the origin bank has not confirmed yet
    PAID = "paid"
    RETAINED = "retained"
    REJECTED = "rejected"
    CANCELED = "canceled"


class ConsentStatus(StrEnum):
    """What the beneficiary said to the social security about the portability."""

    AWAITING = "awaiting"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Consent:
    """The beneficiary's consent; ``expires_on`` is the last calendar day to give it."""

    status: ConsentStatus
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Margin:
    """Whether the loan is registered on the benefit, and why it was not, in vendor codes."""

    is_registered: bool
    errors: tuple[str, ...] = ()


# The code of a stop reason when the client refused to sign, whatever a vendor calls that.
DECLINED: Final = "declined_by_client"


@dataclass(frozen=True, slots=True)
class StopReason:
    """Why a proposal ended without payment: the vendor's code and words.

    ``is_lenders_own``: the lender itself decided so, and the client reads its words; else they
    are the origin bank's or the clearing house's.
    """

    code: str
    text: str
    is_lenders_own: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What the provider said about one proposal, by webhook or when it was read.

    ``said`` is the vendor's own word for it and is kept as it came; ``stage`` is ``None``
    when the vendor's status is new to us, or when the message is not about the status.
    ``contract_number`` is ours, and known only when the proposal was read.
    ``is_recognized`` is false for a status nobody has decided about yet.
    Fields that a message does not speak of are ``None``.
    """

    proposal_key: str
    happened_at: datetime
    said: str
    stage: Stage | None = None
    is_recognized: bool = True
    contract_number: str | None = None
    stop: StopReason | None = None
    final_balance: Decimal | None = None
    portability_number: str | None = None
    consent: Consent | None = None
    margin: Margin | None = None
    refinancing_status: str | None = None
    signer_progress: str | None = None
    installment_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NotForUs:
    """A message that is genuine and concerns nothing that Tramita carries."""

    said: str
