"""A reader's language: what is said in it, and how it writes amounts, dates and times."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations

from tramita.kit.languages.catalogs import LANGUAGES, translations_of
from tramita.kit.languages.choosing import choose_language, language_of, locale_of
from tramita.kit.languages.filled import Filled
from tramita.kit.money import Money

Form = Literal["short", "medium", "long", "full"]

# CLDR has a space between a currency's letters and its digits, which Babel leaves out.
_LETTER_AT_DIGIT: Final = re.compile(r"(?<=[^\W\d_])(?=\d)")


@dataclass(frozen=True, slots=True)
class Words:
    """How a reader is spoken to; ``tag`` is as in ``fr-CA``, ``language`` as in ``fr``.

    A text's values stand in it as ``%(name)s``, and a percent sign as ``%%``.
    """

    tag: str
    zone: ZoneInfo
    locale: Locale = field(repr=False)
    catalog: NullTranslations = field(repr=False)

    @property
    def language(self) -> str:
        """The language without a country, as a page's ``lang`` says it."""
        return language_of(self.tag)

    def gettext(self, text: str, **values: object) -> str:
        """A text in this language."""
        return str(self.catalog.gettext(text)) % values

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        """A text about ``num`` things, which stands in it as ``%(num)s``."""
        return str(self.catalog.ngettext(one, many, num)) % {"num": num, **values}

    def pgettext(self, context: str, text: str, **values: object) -> str:
        """A text that means different things in different places; ``context`` says which."""
        return str(self.catalog.pgettext(context, text)) % values

    def translated(self, text: str) -> str:
        """A constant (``to_translate``) in this language, and with it whatever is filled in."""
        if not text:
            return ""
        if not isinstance(text, Filled):
            return str(self.catalog.gettext(text))
        facts = {name: self._told(fact) for name, fact in text.facts.items()}
        return str(self.catalog.gettext(text.template)).format(**facts)

    def _told(self, fact: object) -> object:
        match fact:
            case str():
                return self.translated(fact)
            case datetime():
                return self.moment(fact, "medium")
            case Money():
                return self.money(fact)
            case _:
                return fact

    def money(self, amount: Money) -> str:
        """An amount with its currency: ``€1,234.50``, ``1 234,50 €``, ``RUB 1,234.50``."""
        said = format_currency(amount.amount, amount.currency, locale=self.locale)
        return _LETTER_AT_DIGIT.sub("\N{NO-BREAK SPACE}", said)

    def number(self, number: int) -> str:
        """A number with its thousands apart: ``1,234``, ``1.234``."""
        return format_decimal(number, locale=self.locale)

    def decimal(self, number: float, digits: int = 1) -> str:
        """A number with so many digits behind its comma: ``0.25``, ``0,25``."""
        form = f"#,##0.{'0' * digits}"
        return format_decimal(round(number, digits), format=form, locale=self.locale)

    def share(self, share: float) -> str:
        """A part of a whole: ``1.5 %``, ``1,5 %``."""
        return f"{self.decimal(share * 100)} %"

    def date(self, day: date, form: Form = "long") -> str:
        """A day; of a moment the one that it is in the reader's zone."""
        if isinstance(day, datetime):
            day = day.astimezone(self.zone)
        return format_date(day, form, locale=self.locale)

    def time(self, at: datetime, form: Form = "short") -> str:
        """The time of day in the reader's zone."""
        return format_time(at, form, tzinfo=self.zone, locale=self.locale)

    def moment(self, at: datetime, form: Form = "long") -> str:
        """Day and time in the reader's zone; ``long`` names the zone."""
        return format_datetime(at, form, tzinfo=self.zone, locale=self.locale)

    def moment_of_week(self, at: datetime) -> str:
        """Day and time in the reader's zone, without the year: ``Nov 30, 09:05``."""
        day, time = (
            format_skeleton(one, at, tzinfo=self.zone, locale=self.locale) for one in ("MMMd", "Hm")
        )
        return str(self.locale.datetime_formats["short"]).format(time, day)


def words_in(tag: str, zone: str = "UTC") -> Words:
    """The words of a language; of one that is not spoken here, English."""
    return _words_in(choose_language(tag, among=LANGUAGES), zone)


@lru_cache(maxsize=500)
def _words_in(tag: str, zone: str) -> Words:
    return Words(tag, ZoneInfo(zone), locale_of(tag), translations_of(language_of(tag)))


def to_translate(text: str) -> str:
    """The text itself; marks a constant that is looked up later, so that catalogues have it."""
    return text


def to_sentence(text: str) -> str:
    """What stands in the middle of a sentence, as one of its own."""
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
