r"""What comes from outside: texts that can be written down, and what cannot be read.

PostgreSQL's text holds no NUL and no half character.

JSON may say both (``\u0000``, a surrogate without its other half), and so may a header. One
such character in one field must not cost everything else that was said: it is replaced by
U+FFFD, which shows that something stood there. Providers' answers and messages have been
through here when a plugin gets them; nothing else needs to think of it.
"""

import re
from dataclasses import dataclass
from typing import Final

# What parsing raises of what cannot be parsed: bad JSON, bad UTF-8, another shape, and brackets
# within brackets without end, and numbers and times that nothing can hold.
UNREADABLE: Final = (ValueError, ArithmeticError, RecursionError)

_NO_TEXT: Final = re.compile(r"[\x00\ud800-\udfff]")
# An escaped backslash first, so that what follows it is not taken for an escape; a pair of
# surrogates before half of one, so that it stays.
_ESCAPES: Final = re.compile(
    rb"\\(?:\\|u(?:0000|[dD][89abAB][0-9a-fA-F]{2}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?"
    rb"|[dD][c-fC-F][0-9a-fA-F]{2}))"
)
_WHOLE_PAIR: Final = 12


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A reader's answer to a message that it cannot make anything of; ``why`` is for people."""

    why: str


def storable_text(text: str) -> str:
    """``text`` with U+FFFD for each character that no text column takes."""
    if "\x00" not in text and (text.isascii() or _NO_TEXT.search(text) is None):
        return text
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def storable_json(body: bytes) -> bytes:
    """JSON in which no text holds such a character; what is no JSON stays as unreadable as it is."""
    return _ESCAPES.sub(_replaced, body) if b"\\" in body else body


def _replaced(found: re.Match[bytes]) -> bytes:
    escape = found[0]
    return escape if escape == b"\\\\" or len(escape) == _WHOLE_PAIR else rb"\ufffd"
