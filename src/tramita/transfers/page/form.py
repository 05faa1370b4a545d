"""The form of an application: what is asked of whom, as it stands now, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import format_decimal

from tramita.kit.languages.words import Words
from tramita.transfers.naming.fields import CHOICES, GROUPS, LABELS
from tramita.transfers.page.words import HELP
from tramita.transfers.rules.countries import BANK_CODES, countries, currencies
from tramita.transfers.rules.faults import amount_of
from tramita.transfers.rules.fields import PATHS, Fields, is_filled, value_at
from tramita.transfers.rules.form import COUNTRIES, CURRENCIES, DATES, Need, shape
from tramita.transfers.rules.kinds import Kind

# What an application is about comes first: what is asked after it depends on it.
_ORDER: Final = tuple(GROUPS)
# On these depends which others are asked.
SHAPES: Final = frozenset(
    {
        "payer.kind",
        "payer.inn",
        "beneficiary.country",
        "beneficiary_bank.country",
        "money.currency",
        "purpose.kind",
    }
)
_LONG: Final = frozenset({"purpose.text", "payer.address", "terms.urgency"})
_DIGITS: Final = frozenset(
    {
        "payer.inn",
        "payer.kpp",
        "payer.ogrn",
        "payer_bank.bik",
        "payer_bank.account",
        "payer_bank.correspondent_account",
        "purpose.hs_code",
    }
)
_CHECKS: Final = frozenset({"consent.personal_data", "consent.rules_version"})
# Those in which most payments abroad are made.
_FREQUENT: Final = ("CNY", "USD", "EUR", "AED", "TRY", "HKD", "INR", "KZT", "RUB")
_OF_MONEY: Final = "money.amount"


@dataclass(frozen=True, slots=True)
class Options:
    """Some of a field's choices, under a heading where there are several kinds."""

    heading: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field; ``wrong`` says what to do about what stands in it, ``shapes``: others depend on it."""

    path: str
    kind: str
    label: str
    help: str | None
    value: str
    is_on: bool
    is_required: bool
    shapes: bool
    mode: str
    wrong: str | None
    options: tuple[Options, ...] = ()

    @property
    def described_by(self) -> str:
        """The ids of what is said about it."""
        said = ((self.help, "help"), (self.wrong, "wrong"))
        return " ".join(f"{self.path}-{name}" for text, name in said if text)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; ``missing`` of them must still be filled in."""

    group: str
    title: str
    fields: tuple[Field, ...]
    missing: int

    @property
    def wrong(self) -> int:
        """How many say something that cannot be."""
        return sum(one.wrong is not None for one in self.fields)


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands in one part of the form, to be read only."""

    title: str
    lines: tuple[tuple[str, str], ...]


def show_form(
    form: Fields, kind: Kind, wrong: Mapping[str, str], rules_version: str, words: Words
) -> list[Section]:
    """Every part in which something is asked; ``wrong`` are hints by path."""
    needs = shape(form, kind)
    return [
        section
        for group in _ORDER
        if (section := _section(group, form, needs, wrong, rules_version, words)).fields
    ]


def show_facts(form: Fields, words: Words) -> list[Facts]:
    """What is filled in, as people read it."""
    shown = (
        Facts(words.gettext(GROUPS[group]), tuple(_lines(group, form, words))) for group in _ORDER
    )
    return [one for one in shown if one.lines]


def _section(
    group: str,
    form: Fields,
    needs: Mapping[str, Need],
    wrong: Mapping[str, str],
    rules_version: str,
    words: Words,
) -> Section:
    asked = [path for path in _paths(group) if needs[path] is not Need.HIDDEN]
    required = [path for path in asked if needs[path] is Need.REQUIRED]
    return Section(
        group,
        words.gettext(GROUPS[group]),
        tuple(
            _field(path, form, path in required, wrong.get(path), rules_version, words)
            for path in asked
        ),
        sum(not is_filled(form, path) for path in required),
    )


def _field(
    path: str,
    form: Fields,
    is_required: bool,
    wrong: str | None,
    rules_version: str,
    words: Words,
) -> Field:
    value = value_at(form, path)
    return Field(
        path=path,
        kind=_kind_of(path),
        label=_label(path, form, words),
        help=words.gettext(HELP[path]) if path in HELP else None,
        value=rules_version if path == "consent.rules_version" else str(value),
        is_on=bool(value),
        is_required=is_required,
        shapes=path in SHAPES,
        mode=_mode_of(path),
        wrong=wrong,
        options=_options_of(path, words),
    )


def _label(path: str, form: Fields, words: Words) -> str:
    code = BANK_CODES.get(form.beneficiary_bank.country)
    if path == "beneficiary_bank.local_code" and code is not None:
        return words.gettext("%(name)s code of the bank", name=code.name)
    return words.gettext(LABELS[path])


def _kind_of(path: str) -> str:
    kinds = (
        (CHOICES, "choice"),
        (COUNTRIES | CURRENCIES, "select"),
        (DATES, "date"),
        (_LONG, "area"),
        (_CHECKS, "check"),
    )
    return next((kind for paths, kind in kinds if path in paths), "text")


def _mode_of(path: str) -> str:
    if path == _OF_MONEY:
        return "decimal"
    return "numeric" if path in _DIGITS else "text"


@lru_cache(maxsize=64)
def _options_of(path: str, words: Words) -> tuple[Options, ...]:
    if path in CHOICES:
        choices = tuple((value, words.gettext(said)) for value, said in CHOICES[path].items())
        return (Options("", choices),)
    if path in COUNTRIES:
        return (Options("", _sorted(countries(), words.locale.territories)),)
    if path in CURRENCIES:
        names = words.locale.currencies
        frequent = tuple((code, f"{code} – {names.get(code, code)}") for code in _FREQUENT)
        others = [code for code in currencies() if code not in _FREQUENT]
        rest = tuple((code, f"{code} – {names.get(code, code)}") for code in sorted(others))
        return (
            Options(words.gettext("Frequent"), frequent),
            Options(words.gettext("All others"), rest),
        )
    return ()


def _sorted(codes: Iterable[str], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    named = ((code, names.get(code, code)) for code in codes)
    return tuple(sorted(named, key=lambda one: one[1]))


def _lines(group: str, form: Fields, words: Words) -> Iterator[tuple[str, str]]:
    for path in _paths(group):
        if is_filled(form, path):
            yield _label(path, form, words), _told(path, form, words)


def _told(path: str, form: Fields, words: Words) -> str:
    value = value_at(form, path)
    text = str(value)
    if path in _CHECKS:
        return words.gettext("Yes")
    if path == _OF_MONEY:
        return tell_amount(text, words) if amount_of(form) is not None else text
    if path in CHOICES:
        return words.gettext(CHOICES[path].get(text, text))
    if path in COUNTRIES:
        return str(words.locale.territories.get(text, text))
    if path in DATES:
        return _tell_day(text, words)
    return text


def tell_amount(amount: str, words: Words) -> str:
    """``12 500,00``."""
    decimals = len(amount.partition(".")[2])
    form = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return format_decimal(Decimal(amount), format=form, locale=words.locale)


def _tell_day(text: str, words: Words) -> str:
    try:
        return words.date(date.fromisoformat(text), "long")
    except ValueError:
        return text


def _paths(group: str) -> list[str]:
    return [path for path in PATHS if path.startswith(f"{group}.")]
