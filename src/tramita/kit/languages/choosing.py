"""Which language somebody is spoken to in."""

from collections.abc import Collection
from typing import Final

from babel import Locale, UnknownLocaleError

from tramita.kit.languages.catalogs import COMMON, SOURCE

# A header may name any number of languages; nobody reads more than these.
_MOST_NAMED: Final = 20


def choose_language(
    own: str | None,
    accepted: str | None = None,
    default: str = SOURCE,
    *,
    among: Collection[str] = COMMON,
) -> str:
    """The first of ``among``: the person's own, what the browser accepts, the default, English.

    ``own`` is as in ``fr-CA`` or ``fr_CA``, ``accepted`` an ``Accept-Language`` header. The answer
    keeps the country, where it is a known one: it decides how dates are written.
    """
    for tag in (own, *_in_order(accepted or ""), default):
        spoken = _spoken(tag, among)
        if spoken is not None:
            return spoken
    return SOURCE


def language_of(tag: str) -> str:
    """``fr`` of ``fr-CA``."""
    return tag.replace("_", "-").partition("-")[0].lower()


def locale_of(tag: str) -> Locale:
    """How dates and amounts are written; of an unknown country as its language does."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language_of(tag))


def _spoken(tag: str | None, among: Collection[str]) -> str | None:
    """A tag as we write it, if its language is one of these."""
    tag = (tag or "").strip().replace("_", "-")
    if language_of(tag) not in among:
        return None
    return str(locale_of(tag)).replace("_", "-")


def _in_order(header: str) -> list[str]:
    """The languages of an ``Accept-Language`` header, the most wanted first."""
    named = [_weighed(part) for part in header.split(",")[:_MOST_NAMED]]
    wanted = [(weight, tag) for weight, tag in named if weight > 0]
    return [tag for _, tag in sorted(wanted, key=lambda one: -one[0])]


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";")
    try:
        return (float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0, tag.strip())
    except ValueError:
        return 0.0, tag
