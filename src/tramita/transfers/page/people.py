"""As what readers of the Mini App are told of whoever did something."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from tramita.kit.insiders import OPERATOR, is_insider
from tramita.kit.languages.words import Words
from tramita.transfers.model import Agent
from tramita.transfers.rules.roles import Role
from tramita.transfers.who import Who

_TELEGRAM: Final = "telegram"
_ONEC: Final = "onec"


@dataclass(frozen=True, slots=True)
class Names:
    """What agents are called: by their id, and by their Telegram id."""

    by_id: Mapping[str, str]
    by_telegram: Mapping[int, str]

    @classmethod
    def of(cls, agents: Iterable[Agent]) -> Self:
        """The names of these."""
        known = list(agents)
        return cls(
            {str(one.id): one.name for one in known},
            {one.telegram_id: one.name for one in known if one.telegram_id is not None},
        )


def telegram_ids(actors: Iterable[str]) -> set[int]:
    """Who of those who did something is known by what they are at the messenger."""
    parts = (actor.partition(":") for actor in actors)
    return {int(name) for kind, _, name in parts if kind == _TELEGRAM and name.isdecimal()}


def call(actor: str, reader: Who, names: Names, words: Words) -> str:
    """What a reader is told of an actor; empty: nothing.

    A client is told of themselves alone: who works on their application is what the chat shows.
    """
    if actor == reader.name:
        return words.gettext("you")
    if reader.role is Role.CLIENT:
        return ""
    if is_insider(actor) or actor == OPERATOR:
        return words.gettext("the platform’s staff")
    kind, _, name = actor.partition(":")
    if kind == _ONEC:
        return words.gettext("%(name)s in 1C", name=name) if name else words.gettext("1C")
    if kind == _TELEGRAM and name.isdecimal():
        return names.by_telegram.get(int(name)) or words.gettext("client")
    return ""
