"""Reading what happened to an application, and what those see of it besides who work on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import Words
from tramita.kit.notes import LONGEST
from tramita.transfers.agents import find_named, get_agent, list_takers
from tramita.transfers.model import Agent, Application
from tramita.transfers.notes import NoteView, list_notes
from tramita.transfers.page.history import Line, show_history
from tramita.transfers.page.inside import Lead, Note, show_lead, show_notes
from tramita.transfers.page.people import Names, telegram_ids
from tramita.transfers.rules.permissions import Action
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.history import Happened, Kind, list_happened
from tramita.transfers.webapp.reading import may_here
from tramita.transfers.who import Who


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, the newest first; ``notes`` are told to whoever works on it, ``lead`` to managers."""

    history: Sequence[Line]
    notes: Sequence[Note]
    can_note: bool
    lead: Lead | None
    longest_note: int = LONGEST


async def read_told(
    work: UnitOfWork, application: Application, who: Who, words: Words, *, is_former: bool
) -> Told:
    """The same for whoever asks; of a former application nothing is to be done any more."""
    happened = await list_happened(work, application, who)
    sees_notes = may_here(application, who.role, Action.SEE_NOTES)
    noted = await list_notes(work, application.id) if sees_notes else []
    # To a client nobody is named, so nobody's name is read.
    is_client = who.role is Role.CLIENT
    agents = () if is_client else await _find_agents(work, application.tenant, happened, noted)
    names = Names.of(agents)
    return Told(
        show_history(happened, who, names, words),
        show_notes(noted, who, names, words),
        can_note=not is_former and may_here(application, who.role, Action.WRITE_NOTE),
        lead=await _read_lead(work, application, who, words, is_former=is_former),
    )


async def _find_agents(
    work: UnitOfWork, tenant: str, happened: Sequence[Happened], noted: Sequence[NoteView]
) -> Sequence[Agent]:
    actors = [*(one.actor for one in happened), *(one.actor for one in noted)]
    takers = {UUID(one.what) for one in happened if one.kind is Kind.AGENT}
    return await find_named(work, tenant, takers, telegram_ids(actors))


async def _read_lead(
    work: UnitOfWork, application: Application, who: Who, words: Words, *, is_former: bool
) -> Lead | None:
    if who.role is not Role.MANAGER or application.agent_id is None:
        return None
    agent = await get_agent(work, application.agent_id)
    can_hand_over = not is_former and may_here(application, who.role, Action.HAND_OVER)
    takers = await list_takers(work, application.tenant, agent.id) if can_hand_over else []
    return show_lead(agent, takers, words)
