"""Texts with values in them, of which is still known what was filled into what."""

from collections.abc import Mapping
from typing import Self


class Filled(str):
    """A text as it reads; ``Words.translated`` says the same in another language.

    ``template`` names its values as ``{name}``, ``facts`` are these; one may be such a text itself.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: Mapping[str, object]

    @classmethod
    def of(cls, template: str, **facts: object) -> Self:
        """The template with its facts."""
        told = cls(template.format(**facts))
        told.template, told.facts = template, facts
        return told
