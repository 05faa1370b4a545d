"""What is said to whoever filled a field in wrong, by the code of the fault."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.languages.words import to_translate

HINTS: Final[Mapping[str, str]] = {
    "required": to_translate("This must be filled in."),
    "invoice": to_translate("Attach the invoice: it goes to 1C with the application."),
    "choice": to_translate("Choose one of these: %(allowed)s."),
    "country": to_translate("Choose a country by its two letters, such as CN."),
    "currency": to_translate("Choose a currency by its three letters, such as CNY."),
    "date": to_translate("Write a date, such as 2026-11-30."),
    "date_in_future": to_translate("This day has not come yet."),
    "latin": to_translate("Write it in Latin letters, for example: %(latin)s"),
    "letters": to_translate("Write it in Latin letters: banks carry no others."),
    "inn": to_translate("There is a mistake in this INN: its check digit does not fit."),
    "inn_of_other_kind": to_translate(
        "A company's INN has 10 digits, that of a sole trader has 12."
    ),
    "kpp": to_translate("A KPP has nine characters."),
    "ogrn": to_translate("There is a mistake in this OGRN: its check digit does not fit."),
    "ogrn_of_other_kind": to_translate(
        "A company's OGRN has 13 digits, that of a sole trader has 15."
    ),
    "bik": to_translate("A BIK has nine digits, the first is a zero."),
    "account": to_translate("An account has twenty digits."),
    "account_key": to_translate("This account is not one of the bank with this BIK."),
    "uscc": to_translate(
        "There is a mistake in this USCC: it has 18 characters, the last is a check."
    ),
    "lei": to_translate(
        "There is a mistake in this LEI: it has 20 characters, the last two a check."
    ),
    "address_too_long": to_translate(
        "Name, address and city are too long: a payment has %(lines)s lines of 35 characters for them."
    ),
    "bic": to_translate("A SWIFT code has 8 or 11 characters, such as BKCHCNBJ."),
    "bic_of_other_country": to_translate(
        "This SWIFT code is of a bank in %(country)s, which is not the country of the bank."
    ),
    "iban": to_translate("There is a mistake in this IBAN: its check digits do not fit."),
    "iban_of_other_country": to_translate(
        "This IBAN is of %(country)s, which is not the country of the bank."
    ),
    "foreign_account": to_translate("An account has up to 34 letters and digits."),
    "bank_code": to_translate("This is no %(name)s code."),
    "amount": to_translate("Write an amount, such as 1000.50."),
    "amount_zero": to_translate("The amount must be more than nothing."),
    "amount_limit": to_translate(
        "One application may ask for at most %(most)s %(currency)s. Ask for less, or make several."
    ),
    "decimals": to_translate(
        "An amount in %(currency)s has at most this many decimals: %(decimals)s."
    ),
    "purpose_too_long": to_translate("Banks carry at most %(most)s characters of this."),
    "hs_code": to_translate("A customs code has 4 to 10 digits."),
}
