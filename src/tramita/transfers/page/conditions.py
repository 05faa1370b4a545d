"""On what conditions a payment is made, as its readers see them: the client what counts for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from babel.numbers import format_decimal

from tramita.kit.languages.words import Words, to_translate
from tramita.kit.money import Money
from tramita.transfers.lifecycle import OfferState
from tramita.transfers.model import Offer
from tramita.transfers.naming.documents import Stamp

_STAMPS: Final = {
    OfferState.DRAFT: (to_translate("being prepared"), "wait"),
    OfferState.SUBMITTED: (to_translate("not accepted yet"), "wait"),
    OfferState.ACCEPTED: (to_translate("accepted"), "done"),
    OfferState.AUTO_ACCEPTED: (to_translate("accepted by itself"), "done"),
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is paid and what arrives; ``account`` is where the money is sent to, while any is to be."""

    stamp: Stamp
    to_pay: str
    arrives: str
    lines: tuple[tuple[str, str], ...]
    account: tuple[tuple[str, str], ...]
    text: str
    operator: str | None


def show_conditions(
    offer: Offer, words: Words, *, is_client: bool, is_given_up: bool
) -> Conditions:
    """An offer for whoever reads, also of an application that was given up."""
    word, look = _STAMPS.get(OfferState(offer.state), (to_translate("not valid"), "idle"))
    return Conditions(
        stamp=(words.gettext(word), look),
        to_pay=words.money(Money(offer.payer_amount, offer.payer_currency)),
        arrives=words.money(Money(offer.payout_amount, offer.payout_currency)),
        lines=tuple(_lines(offer, words)),
        account=() if is_given_up else tuple(_account(offer.account_details)),
        text=offer.conditions,
        operator=None if is_client else offer.operator,
    )


def _lines(offer: Offer, words: Words) -> Iterator[tuple[str, str]]:
    if offer.rate is not None:
        yield words.gettext("Exchange rate"), _number(offer.rate, words)
    if offer.commission_percent is not None:
        yield words.gettext("Commission"), f"{_number(offer.commission_percent, words)} %"
    if offer.commission_fixed:
        fixed = Money(offer.commission_fixed, offer.payer_currency)
        yield words.gettext("Fixed commission"), words.money(fixed)
    if offer.valid_until is not None:
        yield words.gettext("Valid until"), words.moment(offer.valid_until, "short")


def _number(value: Decimal, words: Words) -> str:
    return format_decimal(value.normalize(), format="#,##0.########", locale=words.locale)


def _account(details: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """As 1C has written it; what is nested stays together."""
    for name, value in details.items():
        if value not in (None, "", [], {}):
            yield name.replace("_", " ").capitalize(), str(value)
