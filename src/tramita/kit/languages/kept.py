"""Sentences of ours that are kept as they read, and told again in another language.

Why something happened is kept in English, with all that was filled in. Whoever shows it finds out here
which of our sentences it is, and what stands in it; what others have said stays as they have said it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Self

from tramita.kit.languages.filled import Filled

# What is longer is no sentence.
_LONGEST = 2_000


@dataclass(frozen=True, eq=False)
class Sentences:
    """Those that are known, each with ``{names}`` for what is filled in."""

    plain: frozenset[str]
    filled: Sequence["_Template"]

    @classmethod
    def of(cls, templates: Iterable[str]) -> Self:
        """Of two that fit, the one counts that says more by itself."""
        known = [_Template.of(one) for one in templates]
        filled = sorted((one for one in known if one.names), key=lambda one: -one.own)
        return cls(frozenset(one.text for one in known if not one.names), filled)

    def read(self, text: str) -> str:
        """The text, with what was filled into which template where it is one of ours."""
        return _read(self, text) if len(text) <= _LONGEST else text


@dataclass(frozen=True, slots=True)
class _Template:
    """A sentence as the pieces around what is filled in: one more of them than ``names``."""

    text: str
    pieces: Sequence[str]
    names: Sequence[str]

    @classmethod
    def of(cls, text: str) -> Self:
        parsed = [*Formatter().parse(text)]
        names = [name for _, name, _, _ in parsed if name]
        pieces = [literal for literal, *_ in parsed]
        return cls(text, pieces if len(pieces) > len(names) else [*pieces, ""], names)

    @property
    def own(self) -> int:
        """How much of it is its own."""
        return sum(map(len, self.pieces))

    def facts_in(self, text: str) -> Mapping[str, str] | None:
        """What is filled in, each as short as it can be; nothing where the text is another.

        Each piece is looked for once, from where the one before it ended: others write texts, too, and
        none is to take long.
        """
        first, *between, last = self.pieces
        at, end = len(first), len(text) - len(last)
        if at >= end or not text.startswith(first) or not text.endswith(last):
            return None
        facts: dict[str, str] = {}
        for name, piece in zip(self.names, [*between, None], strict=True):
            found = end if piece is None else text.find(piece, at + 1, end)
            if not at < found:
                return None
            if facts.setdefault(name, text[at:found]) != text[at:found]:
                return None
            at = found + len(piece or "")
        return facts


@lru_cache(maxsize=4_096)
def _read(sentences: Sentences, text: str) -> str:
    if text in sentences.plain:
        return text
    for one in sentences.filled:
        if facts := one.facts_in(text):
            return Filled.of(
                one.text, **{name: _read(sentences, fact) for name, fact in facts.items()}
            )
    return text
