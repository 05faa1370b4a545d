"""The text of a contract, with what is so about its order filled in. Pure."""

import re
from collections.abc import Mapping
from typing import Final

NAMES: Final = frozenset(
    {
        "learner.full_name",
        "learner.email",
        "organization.title",
        "course.code",
        "course.title",
        "course.starts_on",
        "course.ends_on",
        "product.title",
        "order.id",
        "order.total",
        "order.total_currency",
        "contract.version",
    }
)
_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


def unknown_names(text: str) -> list[str]:
    """Placeholders that nothing could ever be filled in for, in order."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in NAMES]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text for one order; what is filled in is text and never Markdown."""
    return _PLACEHOLDER.sub(lambda found: _PUNCTUATION.sub(r"\\\1", values[found[1]]), text)
