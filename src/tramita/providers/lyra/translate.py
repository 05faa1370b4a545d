"""Lyra's words in ours: pure and total."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tramita.kit.money import Money
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.outside import NotUnderstood
from tramita.payments.ports import (
    CardRefusal,
    Charge,
    GivenBack,
    Notice,
    Payer,
    PaymentNews,
    PaymentStatus,
    SavedCard,
)
from tramita.providers.lyra.wire import (
    WireErrorAnswer,
    WirePayment,
    WireTransaction,
)

# What we tell of a payment and get back with it.
INSTALLMENT: Final = "installment_id"
OPERATION: Final = "operation_key"

_ASK_AGAIN: Final = timedelta(seconds=30)
_AFTER_REJECTED: Final = timedelta(minutes=1)
_LONGEST_REASON: Final = 300

# By the bank's own two characters (ISO 8583), the usual ones; any other is a plain no.
_OF_BANKS: Final[Mapping[str, CardRefusal]] = {
    "51": CardRefusal.INSUFFICIENT_FUNDS,
    "61": CardRefusal.INSUFFICIENT_FUNDS,
    "33": CardRefusal.CARD_EXPIRED,
    "54": CardRefusal.CARD_EXPIRED,
    "04": CardRefusal.CARD_BLOCKED,
    "07": CardRefusal.CARD_BLOCKED,
    "41": CardRefusal.CARD_BLOCKED,
    "43": CardRefusal.CARD_BLOCKED,
    "1A": CardRefusal.AUTHENTICATION_REQUIRED,
    "65": CardRefusal.AUTHENTICATION_REQUIRED,
}
_ABANDONED: Final = frozenset({"ABANDONED", "CANCELLED", "EXPIRED"})
# Lyra did nothing, and will not do it if it is asked again.
_REFUSALS: Final[Mapping[str, CardRefusal]] = {
    "PSP_010": CardRefusal.PAYMENT_UNKNOWN,
    "PSP_030": CardRefusal.CARD_UNKNOWN,
    "PSP_032": CardRefusal.CARD_UNKNOWN,
    "PSP_100": CardRefusal.NOT_ACCEPTED,
}
_REJECTED: Final = frozenset({"INT_905"})
# Faults of its own: nobody knows what it did.
_INTERNAL: Final = frozenset({"INT_900", "INT_999"})
_INPUT: Final = "INT_"


def to_customer(payer: Payer) -> dict[str, object]:
    """Who pays, by our name; goods are not shipped."""
    billing = {
        ours: payer.address[name]
        for name, ours in (
            ("first_name", "firstName"),
            ("last_name", "lastName"),
            ("address", "address"),
            ("postcode", "zipCode"),
            ("city", "city"),
            ("country", "country"),
        )
        if name in payer.address
    }
    return {
        "reference": payer.reference,
        "email": payer.email,
        "billingDetails": billing,
        "shippingDetails": {"shippingMethod": "DIGITAL_GOOD"},
    }


def to_payment(charge: Charge, key: str) -> dict[str, object]:
    """What is to be paid, with our names of it."""
    return {
        "amount": charge.amount.cents,
        "currency": charge.amount.currency,
        "orderId": charge.order,
        "customer": to_customer(charge.payer),
        "metadata": {INSTALLMENT: charge.installment, OPERATION: key},
    }


def refuse(no: WireErrorAnswer) -> Refused | NotSent | Unknown:
    """What a call comes to that did not work; of an error that we do not know, nobody knows."""
    reason = f"{no.error_code}: {no.error_message}"[:_LONGEST_REASON]
    if no.error_code in _REJECTED:
        return NotSent(f"Lyra rejects our credentials: {reason}", _AFTER_REJECTED)
    if no.error_code in _REFUSALS:
        return Refused(_REFUSALS[no.error_code], reason)
    if no.error_code.startswith(_INPUT) and no.error_code not in _INTERNAL:
        return Refused(CardRefusal.NOT_ACCEPTED, reason)
    return Unknown(f"Lyra says {reason}")


def read_payment(said: WirePayment, charge: Charge) -> Outcome[PaymentNews]:
    """What became of the payment that was asked for just now; it need not say what for."""
    debits = [one for one in said.transactions if one.operation_type == "DEBIT"]
    if not debits:
        return Unknown("Lyra tells of a payment without a transaction")
    found = _standing(debits[0])
    if not isinstance(found, Done):
        return found
    return Done(replace(found.value, installment=charge.installment))


def find_payment(said: WirePayment, charge: Charge, key: str) -> Outcome[PaymentNews | None]:
    """Whether an instalment is paid, among all that was done for its order; else what our own try came to."""
    of_it = _debits_of(said, charge)
    paid = [one for one in of_it if one.status == "PAID"]
    under_way = [one for one in of_it if one.status == "RUNNING"]
    own = [one for one in of_it if _says(one, OPERATION) == key]
    for one in (*paid, *under_way, *own):
        found = _standing(one)
        return Done(found.value) if isinstance(found, Done) else found
    return Done(None)


def find_payments(said: WirePayment, charge: Charge) -> Outcome[Sequence[PaymentNews]]:
    """All payments of an instalment, once nothing of it is under way any more."""
    standing = [_standing(one) for one in _debits_of(said, charge)]
    for one in standing:
        if not isinstance(one, Done):
            return one
    told = [one.value for one in standing if isinstance(one, Done)]
    return Done([one for one in told if one.status is PaymentStatus.PAID])


def _debits_of(said: WirePayment, charge: Charge) -> list[WireTransaction]:
    return [
        one
        for one in said.transactions
        if one.operation_type == "DEBIT" and _says(one, INSTALLMENT) == charge.installment
    ]


def find_given_back(said: WirePayment, uuid: str) -> GivenBack | None:
    """How a payment was given back: it was cancelled, or there is a credit of it."""
    for one in said.transactions:
        details = one.transaction_details
        parent = details.parent_transaction_uuid if details else None
        is_credit = one.operation_type == "CREDIT" and parent == uuid and one.status == "PAID"
        if is_credit or (one.uuid == uuid and one.detailed_status == "CANCELLED"):
            return given_back(one)
    return None


def given_back(said: WireTransaction) -> GivenBack:
    """A movement by which money went back; a cancelled payment has no other name than its own."""
    is_cancelled = said.detailed_status == "CANCELLED"
    reference = f"cancel_{said.uuid}" if is_cancelled else said.uuid
    return GivenBack(reference, Money.of_cents(said.amount, said.currency))


def read_notice(said: WirePayment) -> Notice | NotUnderstood:
    """What a message tells: a card that was saved, a payment, or both."""
    if not said.transactions:
        return NotUnderstood("a message without a transaction")
    one = said.transactions[0]
    payer = said.customer.reference if said.customer else None
    installment = _says(one, INSTALLMENT)
    payment = None
    if installment and one.operation_type == "DEBIT":
        match _standing(one):
            case Done(news):
                payment = news
            case Pending():
                pass  # It has no end yet, and is told of again.
            case other:
                return NotUnderstood(other.reason)
    return Notice(payer, _saved_card(one), payment)


def _standing(one: WireTransaction) -> Outcome[PaymentNews]:
    if one.status in ("RUNNING", "PARTIALLY_PAID"):
        return Pending(one.uuid, _ASK_AGAIN)
    is_paid = one.status == "PAID"
    code = None if is_paid else _code_of(one)
    amount = Money.of_cents(one.amount, one.currency)
    reason = f"{one.error_code or one.detailed_status}: {one.error_message or ''}".strip(": ")
    return Done(
        PaymentNews(
            PaymentStatus.PAID if is_paid else PaymentStatus.REFUSED,
            one.uuid,
            _says(one, INSTALLMENT) or "",
            amount,
            code,
            reason[:_LONGEST_REASON] if code else "",
            _last_numbers(one),
        )
    )


def _code_of(one: WireTransaction) -> CardRefusal:
    if one.detailed_status in _ABANDONED:
        return CardRefusal.ABANDONED
    return _OF_BANKS.get(one.detailed_error_code or "", CardRefusal.BANK_REFUSED)


def _says(one: WireTransaction, name: str) -> str | None:
    """One of our own words; ``metadata`` may be missing, ``null``, or somebody else's."""
    value = (one.metadata or {}).get(name)
    return value if isinstance(value, str) else None


def _saved_card(one: WireTransaction) -> SavedCard | None:
    """The card that was saved: one that is used again is saved already, but for a new consent."""
    details = one.transaction_details
    card = details.card_details if details else None
    if one.payment_method_token is None or details is None or card is None:
        return None
    if one.status != "PAID":
        return None
    if card.payment_method_source == "TOKEN" and details.creation_context != "VERIFICATION":
        return None
    if card.expiry_month is None or card.expiry_year is None:
        return None
    return SavedCard(
        one.payment_method_token,
        (card.effective_brand or "card").lower(),
        card.expiry_month,
        card.expiry_year,
        _last_numbers(one),
        card.initial_issuer_transaction_identifier,
    )


def _last_numbers(one: WireTransaction) -> str:
    details = one.transaction_details
    pan = details.card_details.pan if details and details.card_details else None
    digits = (pan or "")[-4:]
    return digits if digits.isascii() and digits.isdecimal() else ""
