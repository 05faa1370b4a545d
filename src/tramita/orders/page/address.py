"""The form of an order: what was typed, and what of it cannot be taken, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec import convert, to_builtins

from tramita.kit.http.bodies import find_errors
from tramita.kit.languages.words import Words, to_translate
from tramita.orders.api.schemas import BillingAddressBody

# Each field with its name for people, what browsers fill it in by, and what to do about it.
_FIELDS: Final = (
    ("first_name", to_translate("First name"), "billing given-name"),
    ("last_name", to_translate("Last name"), "billing family-name"),
    ("address", to_translate("Address"), "billing street-address"),
    ("postcode", to_translate("Postcode"), "billing postal-code"),
    ("city", to_translate("City"), "billing address-level2"),
)
_COUNTRY: Final = "country"
_ADVICE: Final[Mapping[str, str]] = {
    "first_name": to_translate("Write your first name, at most 200 letters."),
    "last_name": to_translate("Write your last name, at most 200 letters."),
    "address": to_translate("Write street and number, at most 200 letters."),
    "postcode": to_translate("Write the postcode in letters, digits, spaces and hyphens."),
    "city": to_translate("Write the city, at most 200 letters."),
    _COUNTRY: to_translate("Choose a country."),
}
_CODE: Final = 2


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form; ``error`` says what to do about what was typed."""

    name: str
    label: str
    autocomplete: str
    value: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form. ``countries`` are codes with their names, in alphabetical order."""

    fields: tuple[Field, ...]
    country: str
    country_error: str | None
    countries: tuple[tuple[str, str], ...]
    is_waived: bool = False

    @property
    def first_wrong(self) -> str | None:
        """Where to begin with what cannot be taken."""
        wrong = next((one.name for one in self.fields if one.error), None)
        return wrong or (_COUNTRY if self.country_error else None)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and by which fields it cannot be taken."""

    values: Mapping[str, str]
    wrong: frozenset[str] = field(default=frozenset())
    is_waived: bool = False


def read_address(typed: Mapping[str, str], *, is_waived: bool) -> Typed:
    """What was typed, without the spaces around it."""
    names = [name for name, *_ in _FIELDS] + [_COUNTRY]
    values = {name: typed.get(name, "").strip() for name in names}
    wrong = frozenset(one.path for one in find_errors(values, BillingAddressBody))
    return Typed(values, wrong, is_waived)


def to_address(typed: Typed) -> dict[str, str]:
    """The address, of which nothing is wrong."""
    address: dict[str, str] = to_builtins(convert(typed.values, BillingAddressBody))
    return address


def show_form(typed: Typed, words: Words) -> Form:
    """The form with what was typed."""

    def error_of(name: str) -> str | None:
        return words.gettext(_ADVICE[name]) if name in typed.wrong else None

    names = words.locale.territories
    countries = [
        (code, name) for code, name in names.items() if len(code) == _CODE and code.isalpha()
    ]
    return Form(
        tuple(
            Field(
                name, words.gettext(label), autocomplete, typed.values.get(name, ""), error_of(name)
            )
            for name, label, autocomplete in _FIELDS
        ),
        typed.values.get(_COUNTRY, ""),
        error_of(_COUNTRY),
        tuple(sorted(countries, key=lambda one: one[1])),
        typed.is_waived,
    )


def begin_form(full_name: str, country: str) -> Typed:
    """What is known before anything was typed."""
    first, _, last = full_name.partition(" ")
    return Typed({"first_name": first, "last_name": last, _COUNTRY: country})
