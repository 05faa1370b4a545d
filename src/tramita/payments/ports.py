"""What payments need from outside: a provider that takes cards.

A provider may say no in two ways. It does not take what we ask of it (a card that it does not
know, a request that breaks a rule): ``Refused``, and nothing has happened. Or it has asked the
bank, and the bank says no: that is ``Done``, with news of a payment that was ``REFUSED``. What it
has taken and decides later is ``Pending``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tramita.kit.attempt import Attempt
from tramita.kit.money import Money
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood


class CardRefusal(StrEnum):
    """Why there is no money: a bank's no, or (the last four) a provider's ``Refused`` code."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    CARD_EXPIRED = "card_expired"
    CARD_BLOCKED = "card_blocked"
    AUTHENTICATION_REQUIRED = "authentication_required"
    BANK_REFUSED = "bank_refused"
    ABANDONED = "abandoned"
    CARD_UNKNOWN = "card_unknown"
    PAYMENT_UNKNOWN = "payment_unknown"
    NOT_ACCEPTED = "not_accepted"
    OTHER = "other"


class PaymentStatus(StrEnum):
    """How a payment ended at the provider."""

    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays; ``reference`` is our own name of them, and says nothing about anybody."""

    reference: str
    email: str
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charge:
    """One instalment to be paid, by our own names: ``order`` is the contract that it is of."""

    order: str
    installment: str
    amount: Money
    payer: Payer


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card as a provider keeps it for us; ``token`` is its name there.

    ``issuer_reference`` is the bank's own name of the payer's consent, without which nothing
    can be debited while the payer is away.
    """

    token: str
    brand: str
    expiration_month: int
    expiration_year: int
    last_numbers: str
    issuer_reference: str | None


@dataclass(frozen=True, slots=True)
class PaymentNews:
    """What became of one payment; ``reference`` is the provider's own name of it.

    ``installment`` is our name of what it was for, where it was for an instalment. ``code`` and
    ``reason`` say why it was refused.
    """

    status: PaymentStatus
    reference: str
    installment: str
    amount: Money
    code: CardRefusal | None = None
    reason: str = ""
    last_numbers: str = ""


@dataclass(frozen=True, slots=True)
class HostedForm:
    """A form of the provider in which the payer writes a card's number, which we never see.

    ``url`` is the form as a page, where the provider has one; ``configuration`` is what a
    page of our own needs to show it.
    """

    token: str
    url: str | None = None
    configuration: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Money given back, under the provider's own name; ``amount`` says how much."""

    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider told of its own accord: a card that was saved, a payment, or both.

    ``payer`` is our name of whose card it is; without one the card is kept for nobody.
    """

    payer: str | None = None
    card: SavedCard | None = None
    payment: PaymentNews | None = None


class PaymentBackend(Protocol):
    """A card processor.

    Every payment says which instalment it is for, and under which key it was asked for: that
    is how ``is_already_paid`` finds it. No processor is relied upon to know a repetition.
    """

    async def tokenize_card(self, payer: Payer, attempt: Attempt) -> Outcome[HostedForm]:
        """A form in which the payer saves a card; nothing is paid with it."""
        ...

    async def create_payment(self, charge: Charge, attempt: Attempt) -> Outcome[HostedForm]:
        """A form in which the payer pays, with whatever card, which is saved."""
        ...

    async def create_one_click_payment(
        self, charge: Charge, card_token: str, attempt: Attempt
    ) -> Outcome[HostedForm]:
        """A form in which the payer pays with a card that was saved before."""
        ...

    async def create_zero_click_payment(
        self, charge: Charge, card: SavedCard, attempt: Attempt
    ) -> Outcome[PaymentNews]:
        """Debit a saved card while its owner is away."""
        ...

    async def is_already_paid(
        self, charge: Charge, attempt: Attempt
    ) -> Outcome[PaymentNews | None]:
        """Whether the instalment was paid, however; else what became of this very attempt.

        ``None``: neither is known there. A refusal counts when it was that of ``attempt.key``.
        """
        ...

    async def find_payments(
        self, charge: Charge, attempt: Attempt
    ) -> Outcome[Sequence[PaymentNews]]:
        """Every payment of the instalment, however it was made; ``Pending`` while one may come."""
        ...

    async def cancel_or_refund(
        self, reference: str, amount: Money, attempt: Attempt
    ) -> Outcome[GivenBack]:
        """Give a payment back: it is cancelled where the bank has not moved it yet."""
        ...

    async def find_refund(
        self, order: str, reference: str, attempt: Attempt
    ) -> Outcome[GivenBack | None]:
        """Whether a payment of ``order`` was given back; ``None``: it was not."""
        ...

    async def delete_credit_card(self, card_token: str, attempt: Attempt) -> Outcome[None]:
        """Forget a saved card; ``Refused`` with ``CARD_UNKNOWN``: there is none. Idempotent."""
        ...

    def read_message(self, body: bytes) -> Notice | NotUnderstood:
        """What a message says that was believed. Pure and total."""
        ...
