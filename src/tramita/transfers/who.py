"""Who does something with an application, as what, and what they may know of it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.transfers.errors import AgentNotWhitelisted
from tramita.transfers.model import Agent, AgentRole
from tramita.transfers.rules.roles import Role


@dataclass(frozen=True, slots=True)
class Who:
    """``name`` is for the history (``token:shop``, ``telegram:4711``); ids where there are any."""

    role: Role
    name: str
    agent_id: UUID | None = None
    telegram_id: int | None = None


SYSTEM: Final = Who(Role.SYSTEM, "system")
"""What our own jobs do."""


async def get_active_agent(work: UnitOfWork, agent_id: UUID) -> Agent:
    """An agent who is on the list, and stays until the unit of work ends.

    Also whoever is not stays so: what waits for them then is there for whoever puts them on it again.
    Raises ``AgentNotWhitelisted``.
    """
    rows = await work.fetch("SELECT id FROM agents WHERE id = $1 FOR SHARE", agent_id)
    agent = await work.session.get(Agent, agent_id, populate_existing=True) if rows else None
    if agent is None or not agent.is_active:
        raise AgentNotWhitelisted
    return agent


def role_of(agent: Agent, tenant: str, agent_id: UUID | None) -> Role:
    """What an agent is to an application of ``tenant`` whose agent is ``agent_id``.

    A manager stays one where it is their own: whoever takes an application over can hand it on.
    """
    if agent.tenant != tenant:
        return Role.OTHER_AGENT
    if agent.role == AgentRole.MANAGER:
        return Role.MANAGER
    return Role.AGENT if agent.id == agent_id else Role.OTHER_AGENT
