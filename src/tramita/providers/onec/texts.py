"""Texts as 1C sends them: with a BOM, in Windows-1251, under a header that says otherwise.

What can be told for certain is read. A text in which letters were lost on the way is no text any
more, and nobody guesses what stood there.
"""

import json
from codecs import BOM_UTF8
from typing import Any, Final

from tramita.kit.outside import storable_json

_CYRILLIC: Final = "windows-1251"
_LOST: Final = "\N{REPLACEMENT CHARACTER}"


class TextBroken(ValueError):
    """The letters of a text were lost on its way: {how}."""

    def __init__(self, how: str) -> None:
        super().__init__(f"the text was broken on its way: {how}")


def decode_text(body: bytes) -> str:
    """The text in ``body``, whatever a header calls it; raises ``TextBroken``.

    UTF-8 is known by itself: what is valid UTF-8 is nothing else. Anything else is Windows-1251, the
    only other one that 1C writes.
    """
    try:
        text = body.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError:
        try:
            text = body.decode(_CYRILLIC)
        except UnicodeDecodeError:
            raise TextBroken("it is neither UTF-8 nor Windows-1251") from None
    if _LOST in text:
        raise TextBroken("letters were replaced before it was sent")
    if _is_twice_encoded(text):
        raise TextBroken("UTF-8 was taken for Windows-1251 before it was sent")
    return text


def read_document(body: bytes) -> Any:
    """The JSON in ``body``; numbers with a fraction stay texts. Raises ``ValueError``."""
    text = decode_text(body)
    return json.loads(
        storable_json(text.encode()), parse_float=str, parse_constant=_refuse_constant
    )


def _is_twice_encoded(text: str) -> bool:
    """Whether UTF-8 was read as Windows-1251: Russian words never look like that by chance."""
    if text.isascii():
        return False
    try:
        before = text.encode(_CYRILLIC).decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    return not before.isascii()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
