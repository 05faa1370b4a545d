"""Brisa's records, only the fields we use."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

WireID = Annotated[str, Meta(min_length=1, max_length=200)]
WireState = Literal[
    "in_analysis", "approved", "signed", "balance_known", "paid", "declined", "withdrawn"
]


class WireToken(Struct):
    """An access token; ``expires_in`` are seconds."""

    access_token: Annotated[str, Meta(min_length=1)]
    expires_in: Annotated[int, Meta(ge=0, le=86_400)]


class WireInstallment(Struct):
    """One line of the schedule."""

    number: int
    due_on: date
    amount: Decimal


class WireOffer(Struct):
    """What an approved application offers; rates are fractions."""

    principal: Decimal
    monthly_rate: Decimal
    annual_rate: Decimal
    monthly_cet: Decimal
    annual_cet: Decimal
    disbursed_on: date
    contract: WireID
    signature_url: str
    installments: list[WireInstallment]


class WireApplication(Struct):
    """A portability as Brisa has it; ``reference`` is our contract number."""

    id: WireID
    reference: str
    state: WireState
    changed_at: datetime
    cpf: str
    benefit: str
    origin_ispb: str
    origin_contract: str
    offer: WireOffer | None = None
    balance: Decimal | None = None
    code: str | None = None
    reason: str | None = None


class WireApplications(Struct):
    """What Brisa has under a reference."""

    items: list[WireApplication]


class WireMessage(Struct):
    """What Brisa posts."""

    id: WireID
    application: WireApplication


class WireError(Struct):
    """Brisa's no."""

    code: str
    message: str
