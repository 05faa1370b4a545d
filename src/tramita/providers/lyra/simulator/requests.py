"""What this simulated Lyra is asked for."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

FormAction = Literal["PAYMENT", "REGISTER_PAY", "SILENT"]


class Customer(Struct, rename="camel"):
    """Who pays, by the shop's name."""

    reference: str | None = None
    email: str | None = None
    billing_details: dict[str, Any] | None = None


class CardOptions(Struct, rename="camel"):
    """The bank's consent for a debit without its owner."""

    initial_issuer_transaction_identifier: str | None = None


class TransactionOptions(Struct, rename="camel"):
    """Options of a transaction."""

    card_options: CardOptions | None = None


class CreatePayment(Struct, rename="camel"):
    """The body of ``Charge/CreatePayment``."""

    amount: Annotated[int, Meta(ge=1)]
    currency: Annotated[str, Meta(min_length=3, max_length=3)]
    order_id: Annotated[str, Meta(max_length=64)] | None = None
    form_action: FormAction = "PAYMENT"
    payment_method_token: str | None = None
    customer: Customer | None = None
    metadata: dict[str, Any] | None = None
    transaction_options: TransactionOptions | None = None
    ipn_target_url: str | None = None


class CreateToken(Struct, rename="camel"):
    """The body of ``Charge/CreateToken``."""

    customer: Customer | None = None
    order_id: str | None = None
    form_action: str | None = None
    strong_authentication: str | None = None
    ipn_target_url: str | None = None


class CancelToken(Struct, rename="camel"):
    """The body of ``Token/Cancel``."""

    payment_method_token: str


class GetOrder(Struct, rename="camel"):
    """The body of ``Order/Get``."""

    order_id: str


class CancelOrRefund(Struct, rename="camel"):
    """The body of ``Transaction/CancelOrRefund``."""

    uuid: str
    amount: Annotated[int, Meta(ge=1)]
    currency: str
    resolution_mode: Literal["AUTO", "CANCELLATION_ONLY", "REFUND_ONLY"] = "AUTO"
