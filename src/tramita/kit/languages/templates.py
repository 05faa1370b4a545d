"""Templates in the reader's language: ``{% trans %}``, and amounts, dates and times as filters.

A template is rendered with ``words`` (``kit.languages.words``); one environment serves every
language. What it imports needs ``with context``.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from tramita.kit.languages.words import Form, Words, to_sentence
from tramita.kit.money import Money


def teach_languages(environment: Environment) -> None:
    """Let the environment's templates speak the language of their ``words``."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    installed: Any = environment
    installed.install_gettext_callables(
        _gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext
    )
    environment.filters.update(_FILTERS)


def words_of(context: Context) -> Words:
    """The reader's: a template is rendered with them."""
    words: Words = context["words"]
    return words


@pass_context
def _gettext(context: Context, text: str) -> str:
    return str(words_of(context).catalog.gettext(text))


@pass_context
def _ngettext(context: Context, one: str, many: str, num: int) -> str:
    return str(words_of(context).catalog.ngettext(one, many, num))


@pass_context
def _pgettext(context: Context, meaning: str, text: str) -> str:
    return str(words_of(context).catalog.pgettext(meaning, text))


@pass_context
def _npgettext(context: Context, meaning: str, one: str, many: str, num: int) -> str:
    return str(words_of(context).catalog.npgettext(meaning, one, many, num))


@pass_context
def _money(context: Context, amount: Money) -> str:
    return words_of(context).money(amount)


@pass_context
def _date(context: Context, day: date, form: Form = "long") -> str:
    return words_of(context).date(day, form)


@pass_context
def _time(context: Context, at: datetime, form: Form = "short") -> str:
    return words_of(context).time(at, form)


@pass_context
def _moment(context: Context, at: datetime, form: Form = "long") -> str:
    return words_of(context).moment(at, form)


@pass_context
def _number(context: Context, number: int) -> str:
    return words_of(context).number(number)


@pass_context
def _decimal(context: Context, number: float, digits: int = 1) -> str:
    return words_of(context).decimal(number, digits)


@pass_context
def _share(context: Context, share: float) -> str:
    return words_of(context).share(share)


@pass_context
def _translated(context: Context, text: str) -> str:
    """A constant (``to_translate``) that comes by a variable; unlike ``gettext`` it is no HTML."""
    return words_of(context).translated(text)


_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "money": _money,
    "date": _date,
    "time": _time,
    "moment": _moment,
    "number": _number,
    "decimal": _decimal,
    "share": _share,
    "translated": _translated,
    "sentence": to_sentence,
}
