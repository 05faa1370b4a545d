"""What SWIFT can carry: its letters, and how Russian is written in them."""

import re
import unicodedata
from typing import Final

LINE: Final = 35
LINES: Final = 4
_LETTERS: Final = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
# A line that begins with one of these is read as a field of the message.
_BEGINS_FIELD: Final = ("-", ":")
# As passports are written (ICAO 9303).
_LATIN: Final = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y _ e iu ia".split(),
        strict=True,
    )
) | {"ь": ""}
_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys('«»“”„"`´’‘', "'"),  # noqa: RUF001 - signs as they are typed
        **dict.fromkeys("–—−_", "-"),  # noqa: RUF001
        **dict.fromkeys("\n\r\t\u00a0\u202f;", " "),
        "&": "+",
        "№": "No ",
    }
)


def is_carried(text: str) -> bool:
    """Whether SWIFT carries the text as it is."""
    return _LETTERS.fullmatch(text) is not None and not text.startswith(_BEGINS_FIELD)


def in_latin(text: str) -> str:
    """The text as SWIFT may carry it; what has no letters there is left out."""
    written = "".join(_in_latin(letter) for letter in text.translate(_SIGNS))
    plain = unicodedata.normalize("NFKD", written)
    kept = "".join(letter for letter in plain if _LETTERS.fullmatch(letter))
    return " ".join(kept.split()).lstrip("-: ")


def lines_of(*texts: str) -> int:
    """How many lines of a message the texts take, each begun on a new one."""
    return sum(-(-len(text) // LINE) for text in texts)


def _in_latin(letter: str) -> str:
    latin = _LATIN.get(letter.lower())
    if latin is None:
        return letter
    return latin.capitalize() if letter.isupper() else latin
