"""Texts with values in them, of which is still known what was filled into what."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self

from tramita.kit.money import Money


class Filled(str):
    """A text as it reads; ``Words.translated`` says the same in another language.

    ``template`` names its values as ``{name}``, ``facts`` are these; one may be such a text itself. A
    moment is told in UTC here, and elsewhere in its reader's zone; an amount as its reader writes it.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: Mapping[str, object]

    @classmethod
    def of(cls, template: str, **facts: object) -> Self:
        """The template with its facts."""
        told = cls(template.format(**{name: _in_utc(fact) for name, fact in facts.items()}))
        told.template, told.facts = template, facts
        return told


def told(amount: Money) -> Filled:
    """An amount by itself, such as ``12500.00 CNY``."""
    return Filled.of("{amount}", amount=amount)


def _in_utc(fact: object) -> object:
    return f"{fact.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(fact, datetime) else fact
