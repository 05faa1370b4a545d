"""Which way an application goes: it is decided when it is made, and never again.

Ordinary ones collect offers of many agents, and have deadlines. The master tenant's from the API or
a chat are its own agents' affair: priced in 1C, and accepted by themselves. The same from the chats of
other tenants is foreseen, and not open yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final


class Origin(StrEnum):
    """Where an application was made: the console, the API, or the Mini App."""

    UI = "ui"
    API = "api"
    WEBAPP = "webapp"


class Kind(StrEnum):
    """Which way it goes."""

    ORDINARY = "ordinary"
    SPECIAL = "special"
    TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds of a kind.

    ``has_pipelines``: agents of other tenants make offers, of which its tenant accepts one.
    ``has_deadline``: one may be set, and time moves it. ``accepts_itself``: the offer of its own agent.
    """

    has_pipelines: bool
    has_deadline: bool
    is_in_onec: bool
    is_in_chat: bool
    accepts_itself: bool


TRAITS: Final[Mapping[Kind, Traits]] = {
    Kind.ORDINARY: Traits(
        has_pipelines=True,
        has_deadline=True,
        is_in_onec=False,
        is_in_chat=False,
        accepts_itself=False,
    ),
    Kind.SPECIAL: Traits(
        has_pipelines=False,
        has_deadline=False,
        is_in_onec=True,
        is_in_chat=False,
        accepts_itself=True,
    ),
    Kind.TELEGRAM: Traits(
        has_pipelines=False,
        has_deadline=False,
        is_in_onec=True,
        is_in_chat=True,
        accepts_itself=True,
    ),
}
# Priced in 1C.
IN_ONEC: Final = frozenset(kind for kind, traits in TRAITS.items() if traits.is_in_onec)


def kind_of(*, is_master: bool, origin: Origin, has_chat: bool) -> Kind | None:
    """The kind of an application that is being made; None where such ones are not taken yet.

    What has a chat is a chat's application, whoever wrote it down; the Mini App is one more API.
    """
    if has_chat:
        return Kind.TELEGRAM if is_master else None
    if is_master and origin is not Origin.UI:
        return Kind.SPECIAL
    return Kind.ORDINARY


_TITLES: Final[Mapping[str, str]] = {
    "has_pipelines": "offers of many",
    "has_deadline": "deadlines",
    "is_in_onec": "1C",
    "is_in_chat": "chat",
    "accepts_itself": "accepts itself",
}


def render_kinds() -> str:
    """The whole truth, as a table of Markdown."""
    names = [one.name for one in fields(Traits)]
    lines = [
        "| master tenant | made in | chat | kind | "
        + " | ".join(_TITLES[name] for name in names)
        + " |",
        "|---" * (4 + len(names)) + "|",
    ]
    for is_master in (False, True):
        for origin in Origin:
            for has_chat in (False, True):
                kind = kind_of(is_master=is_master, origin=origin, has_chat=has_chat)
                cells = [_yes(is_master), origin.value, _yes(has_chat), kind or "not taken yet"]
                if kind is None:
                    cells += ["–"] * len(names)
                else:
                    cells += [_yes(getattr(TRAITS[kind], name)) for name in names]
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
