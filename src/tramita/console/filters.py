"""How templates of the console call what is kept as a code, a key or a sentence."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context

from tramita.console.kept import SENTENCES
from tramita.console.presentation import counted
from tramita.console.words import name_of_actor
from tramita.kit.languages.templates import words_of


@pass_context
def _provider(context: Context, key: str) -> str:
    """What a provider is called; anything else as it is."""
    names: Mapping[str, str] = context.get("provider_names") or {}
    return names.get(key, key)


@pass_context
def _partner(context: Context, key: str) -> str:
    """What a tenant is called, where the page knows it."""
    names: Mapping[str, str] = context.get("partner_names") or {}
    return names.get(key, key)


@pass_context
def _actor(context: Context, actor: str) -> str:
    """Who that is."""
    return name_of_actor(actor, words_of(context))


@pass_context
def _kept(context: Context, text: str, place: str = "causes") -> str:
    """A sentence of ours that was kept there, in the reader's language; what others said as they said it."""
    return words_of(context).translated(SENTENCES[place].read(text))


@pass_context
def _counted(context: Context, number: int) -> str:
    """So many, or at least as many as are counted."""
    return counted([number], words_of(context))


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "provider": _provider,
    "partner": _partner,
    "actor": _actor,
    "counted": _counted,
    "kept": _kept,
}
