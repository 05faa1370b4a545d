"""Addresses of 1C's OData, and the literals in them.

Defensive: a blank is ``%20`` there. ``+`` is taken for itself, and what follows is an error about something else.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote
from uuid import UUID

ROOT: Final = "/odata/standard.odata"
APPLICATION: Final = "Document_ЗаявкаНаПлатеж"
REQUEST: Final = "Document_ЗапросДокумента"


def text(value: str) -> str:
    """A text in a query."""
    return "'" + value.replace("'", "''") + "'"


def guid(ref: UUID) -> str:
    """A reference in a query or a path."""
    return f"guid'{ref}'"


def entities(name: str, **options: str) -> str:
    """All objects of a kind, as ``options`` say: ``filter``, ``select``, ``top``, ``orderby``."""
    return f"{ROOT}/{quote(name)}{_query({f'${key}': value for key, value in options.items()})}"


def entity(name: str, ref: UUID, act: str = "", **parameters: str) -> str:
    """One object, or an act on it."""
    return f"{ROOT}/{quote(name)}({guid(ref)}){act}{_query(parameters)}"


def _query(parameters: Mapping[str, str]) -> str:
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"?{said}" if said else ""
