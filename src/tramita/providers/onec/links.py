"""Links to a document in 1C.

The internal link is the one to keep: each kind of program opens it in its own way.
"""

import re
from typing import Final
from urllib.parse import quote
from uuid import UUID

_DOCUMENT: Final = "ЗаявкаНаПлатеж"
_REF: Final = re.compile(r"[0-9a-f]{32}")


def ref_in_link(ref: UUID) -> str:
    """A reference as it stands in links: its groups from the fourth on, then back to the first."""
    first, second, third, fourth, fifth = str(ref).split("-")
    return f"{fourth}{fifth}{third}{second}{first}"


def ref_of_link(text: str) -> UUID:
    """The reference of 32 letters in a link; raises ``ValueError``."""
    if _REF.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no reference of a link")
    fourth, fifth, third, second, first = (
        *(text[:4], text[4:16], text[16:20], text[20:24], text[24:]),
    )
    return UUID(f"{first}-{second}-{third}-{fourth}-{fifth}")


def internal_link(ref: UUID) -> str:
    """What opens the document within 1C."""
    return f"e1cib/data/Документ.{_DOCUMENT}?ref={ref_in_link(ref)}"


def web_link(base: str, internal: str) -> str | None:
    """What opens it in a browser, where the base is published; a chat's button takes no other."""
    if not base or not internal.startswith("e1cib/"):
        return None
    return f"{base.rstrip('/')}/#{quote(internal, safe='/?=&')}"
