"""Sentences of ours that are kept as they read, and told again in another language.

Why something happened is kept in English, with all that was filled in. Whoever shows it finds out here
which of our sentences it is, and what stands in it; what others have said stays as they have said it.
"""

import re
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
    filled: Sequence[tuple[str, re.Pattern[str]]]

    @classmethod
    def of(cls, templates: Iterable[str]) -> Self:
        """Of two that fit, the one counts that says more by itself."""
        patterns = {one: _pattern_of(one) for one in templates}
        filled = [(one, pattern) for one, (_, pattern) in patterns.items() if pattern.groups]
        filled.sort(key=lambda one: -patterns[one[0]][0])
        return cls(frozenset(patterns.keys() - {one for one, _ in filled}), filled)

    def read(self, text: str) -> str:
        """The text, with what was filled into which template where it is one of ours."""
        return _read(self, text) if len(text) <= _LONGEST else text


@lru_cache(maxsize=4_096)
def _read(sentences: Sentences, text: str) -> str:
    if text in sentences.plain:
        return text
    for template, pattern in sentences.filled:
        if found := pattern.fullmatch(text):
            facts: Mapping[str, str] = found.groupdict()
            return Filled.of(
                template, **{name: _read(sentences, one) for name, one in facts.items()}
            )
    return text


def _pattern_of(template: str) -> tuple[int, re.Pattern[str]]:
    """What the filled sentence looks like, and how much of it is the template's own."""
    own, parts, named = 0, [], set[str]()
    for literal, name, _, _ in Formatter().parse(template):
        own += len(literal)
        parts.append(re.escape(literal))
        if name:
            parts.append(f"(?P={name})" if name in named else f"(?P<{name}>.+?)")
            named.add(name)
    return own, re.compile("".join(parts), re.DOTALL)
