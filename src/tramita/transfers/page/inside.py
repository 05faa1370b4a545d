"""What those see of an application who work on it, and its client does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tramita.kit.languages.words import Words
from tramita.transfers.model import Agent, AgentRole
from tramita.transfers.notes import NoteView
from tramita.transfers.page.people import Names, call
from tramita.transfers.who import Who


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who may take it over; ``question`` is asked before."""

    id: UUID
    name: str
    question: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Whose it is, off the list perhaps, and who may take it over."""

    name: str
    is_off: bool
    takers: tuple[Taker, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A note, whose it is and from when."""

    id: UUID
    at: str
    who: str
    text: str


def show_lead(agent: Agent, takers: Sequence[Agent], words: Words) -> Lead:
    """Whose it is, and what a manager is asked before another one has it."""
    shown = tuple(Taker(one.id, one.name, _question(agent, one, words)) for one in takers)
    return Lead(agent.name, not agent.is_active, shown)


def _question(former: Agent, taker: Agent, words: Words) -> str:
    if former.role == AgentRole.MANAGER:
        return words.gettext("%(name)s takes the application over. 1C is told.", name=taker.name)
    return words.gettext(
        "%(name)s takes the application over. 1C is told; %(former)s cannot open it any more.",
        name=taker.name,
        former=former.name,
    )


def show_notes(found: Sequence[NoteView], reader: Who, names: Names, words: Words) -> list[Note]:
    """Notes, the oldest first."""
    return [
        Note(
            one.id,
            words.moment(one.created_at, "short"),
            call(one.actor, reader, names, words),
            one.text,
        )
        for one in found
    ]
