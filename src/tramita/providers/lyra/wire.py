"""Lyra's records, only the fields we use. Unknown fields are allowed.

Every answer is an envelope with HTTP 200: ``status`` says whether the call worked, and not whether
anything was paid. Amounts are in the smallest unit of the currency.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

WireID = Annotated[str, Meta(min_length=1, max_length=200)]

WireCents = Annotated[int, Meta(ge=0, lt=10**15)]
WireCurrency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]

# How a payment stands; PARTIALLY_PAID is of orders with several payments, which we never make.
WireStatus = Literal["PAID", "UNPAID", "RUNNING", "PARTIALLY_PAID"]


class WireEnvelope(Struct, rename="camel"):
    """What every answer has."""

    status: Literal["SUCCESS", "ERROR"]
    web_service: str | None = None


class WireErrorAnswer(Struct, rename="camel"):
    """Why a call did not work."""

    error_code: str
    error_message: str = ""
    detailed_error_code: str | None = None
    detailed_error_message: str | None = None


class WireError(Struct, rename="camel"):
    """An envelope with an error."""

    status: Literal["ERROR"]
    answer: WireErrorAnswer


class WireFormToken(Struct, rename="camel"):
    """A form that was made."""

    form_token: WireID


class WireFormAnswer(Struct, rename="camel"):
    """An envelope with a form."""

    status: Literal["SUCCESS"]
    answer: WireFormToken


class WireCardDetails(Struct, rename="camel"):
    """A card as it was used; ``pan`` is masked but for its last four digits."""

    pan: str | None = None
    effective_brand: str | None = None
    expiry_month: Annotated[int, Meta(ge=1, le=12)] | None = None
    expiry_year: Annotated[int, Meta(ge=2000, le=2200)] | None = None
    payment_method_source: str | None = None
    initial_issuer_transaction_identifier: str | None = None


class WireTransactionDetails(Struct, rename="camel"):
    """How a transaction came about; a refund has the one that it gives back as its parent."""

    creation_context: str | None = None
    parent_transaction_uuid: str | None = None
    card_details: WireCardDetails | None = None


class WireTransaction(Struct, rename="camel"):
    """One movement. ``metadata`` is ours, as we gave it; Lyra says ``null`` where there was none."""

    uuid: WireID
    amount: WireCents
    currency: WireCurrency
    status: WireStatus
    operation_type: Literal["DEBIT", "CREDIT", "VERIFICATION"] = "DEBIT"
    detailed_status: str | None = None
    payment_method_token: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    detailed_error_code: str | None = None
    metadata: dict[str, Any] | None = None
    transaction_details: WireTransactionDetails | None = None


class WireOrderDetails(Struct, rename="camel"):
    """Our name of what is paid; none where a card is saved alone."""

    order_id: str | None = None


class WireCustomer(Struct, rename="camel"):
    """Our name of who pays."""

    reference: str | None = None


class WirePayment(Struct, rename="camel"):
    """A payment, as an answer and as a message have it."""

    order_status: WireStatus
    transactions: list[WireTransaction]
    order_details: WireOrderDetails | None = None
    customer: WireCustomer | None = None


class WirePaymentAnswer(Struct, rename="camel"):
    """An envelope with a payment."""

    status: Literal["SUCCESS"]
    answer: WirePayment


class WireTransactionAnswer(Struct, rename="camel"):
    """An envelope with one movement."""

    status: Literal["SUCCESS"]
    answer: WireTransaction


class WireResponseCode(Struct, rename="camel"):
    """What became of a token that was to be cancelled; 0 is good."""

    response_code: Literal[0]


class WireTokenAnswer(Struct, rename="camel"):
    """An envelope about a token."""

    status: Literal["SUCCESS"]
    answer: WireResponseCode
