"""How templates of the console call what is kept as a code, a key or a sentence."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context

from tramita.console.kept import SENTENCES
from tramita.console.words import name_of_actor
from tramita.kit.languages.templates import words_of


@pass_context
def _provider(context: Context, key: str) -> str:
    """What a provider is called; anything else as it is."""
    names: Mapping[str, str] = context.get("provider_names") or {}
    return names.get(key, key)


@pass_context
def _actor(context: Context, actor: str) -> str:
    """Who that is."""
    return name_of_actor(actor, words_of(context))


@pass_context
def _kept(context: Context, text: str, place: str = "causes") -> str:
    """A sentence of ours that was kept there, in the reader's language; what others said as they said it."""
    return words_of(context).translated(SENTENCES[place].read(text))


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "provider": _provider,
    "actor": _actor,
    "kept": _kept,
}
