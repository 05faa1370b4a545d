"""Whether a text names somebody: by a key of theirs, or by what identifies the person.

Pure. Texts are looked into as far as they are folded: base64, JWTs, escaped JSON. Whole words
are compared, without punctuation and capitals: ``165.145.480-91`` is ``16514548091``.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

# A shorter key would be found everywhere.
_SHORTEST: Final = 6
_DEEPEST: Final = 3
_FOLDED: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_KEY: Final = re.compile(r"[\w.:-]+")
_VALUE: Final = re.compile(r"[\w.@+-]+")
_PUNCTUATION: Final = re.compile(r"[\W_]+")


def unfold(body: bytes) -> str:
    """The text of a body, followed by whatever is folded into it."""
    return "\n".join(_unfolded(body.decode(errors="replace"), 0))


def _unfolded(text: str, depth: int) -> Iterator[str]:
    yield text
    if depth == _DEEPEST:
        return
    if _ESCAPED.search(text):
        yield from _unfolded(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), text), depth + 1)
    for found in _FOLDED.finditer(text):
        inner = _decoded(found[0])
        if inner is not None:
            yield from _unfolded(inner, depth + 1)


def _decoded(folded: str) -> str | None:
    plain = folded.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = base64.b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    # What is text by accident has letters that nobody writes.
    return text if all(one.isprintable() or one in "\r\n\t" for one in text) else None


@dataclass(frozen=True, slots=True)
class Needles:
    """``keys`` name things of a person, ``values`` and ``names`` the person."""

    keys: frozenset[str]
    values: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, keys: Iterable[str], values: Iterable[str]) -> Self:
        """From texts as they are stored; of several words are names of people."""
        told = [one.strip() for one in values if one]
        return cls(
            frozenset(key.casefold() for key in keys if len(key) >= _SHORTEST),
            frozenset(bare for one in told if len(bare := _bare(one)) >= _SHORTEST),
            frozenset(one.casefold() for one in told if " " in one),
        )

    def are_in(self, text: str, *, is_anybodys: bool) -> bool:
        """Whether a text names a thing of theirs; or the person, where nobody knows whose it is."""
        if not self.keys.isdisjoint(one.casefold().strip(".:-") for one in _KEY.findall(text)):
            return True
        if not is_anybodys:
            return False
        if not self.values.isdisjoint(_bare(one) for one in _VALUE.findall(text)):
            return True
        lower = text.casefold()
        return any(name in lower for name in self.names)


def _bare(text: str) -> str:
    return _PUNCTUATION.sub("", text.casefold())
