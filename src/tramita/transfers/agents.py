"""Lists of agents: whoever is not on their tenant's, or not active, works on no application any more.

Each tenant has a list of its own, and says for itself alone who is on it: a Telegram id that another
one writes down takes nothing from anybody, and gives nothing.

Each request asks the list anew, and so do conditions that come in: taking somebody off it works at
once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from tramita.kit.database.records import get_one, get_row
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.tenants import get_tenant
from tramita.transfers.errors import TelegramIdTaken
from tramita.transfers.model import Agent, AgentRole

CONSIDER_JOB: Final = "transfers.consider_conditions"


@dataclass(frozen=True, slots=True)
class NewAgent:
    """Somebody to be put on the list of a tenant."""

    tenant: str
    name: str
    telegram_id: int | None = None
    role: AgentRole = AgentRole.AGENT


async def add_agent(work: UnitOfWork, new: NewAgent) -> Agent:
    """Put somebody on the list; raises ``TenantNotFound`` and ``TelegramIdTaken``."""
    await get_tenant(work, new.tenant)
    await _refuse_taken(work, new.tenant, new.telegram_id)
    agent = Agent(
        id=new_id(),
        tenant=new.tenant,
        name=new.name,
        telegram_id=new.telegram_id,
        role=new.role.value,
        is_active=True,
        created_at=await work.now(),
    )
    work.session.add(agent)
    await work.session.flush()
    return agent


async def change_agent(work: UnitOfWork, agent_id: UUID, **values: Any) -> Agent:
    """Set what is given; raises ``AgentNotFound`` and ``TelegramIdTaken``.

    Whoever comes back to the list has conditions looked at again that have waited for it.
    """
    agent = await get_row(work, Agent, agent_id)
    if values.get("is_active") and not agent.is_active:
        work.enqueue(CONSIDER_JOB, agent_id=agent_id)
    if values.get("telegram_id") != agent.telegram_id:
        await _refuse_taken(work, agent.tenant, values.get("telegram_id"))
    for name, value in values.items():
        setattr(agent, name, value)
    await work.session.flush()
    return agent


async def get_agent(work: UnitOfWork, agent_id: UUID) -> Agent:
    """One agent; raises ``AgentNotFound``."""
    return await get_one(work.session, Agent, agent_id)


async def list_takers(work: UnitOfWork, tenant: str, agent_id: UUID | None) -> Sequence[Agent]:
    """Who may take an application of a tenant over from the agent who has it.

    Whoever is on the tenant's list and may work, in the order in which they came to it.
    """
    others = Agent.tenant == tenant, Agent.is_active, Agent.id.is_distinct_from(agent_id)
    return (await work.session.scalars(select(Agent).where(*others).order_by(Agent.id))).all()


async def find_named(
    work: UnitOfWork, tenant: str, ids: Collection[UUID], telegram_ids: Collection[int]
) -> Sequence[Agent]:
    """Those of a tenant's list, active or not, who have one of these ids here, or at Telegram."""
    is_named = Agent.id.in_(ids) | Agent.telegram_id.in_(telegram_ids)
    return (await work.session.scalars(select(Agent).where(Agent.tenant == tenant, is_named))).all()


async def find_agent(work: UnitOfWork, tenant: str, telegram_id: int) -> Agent | None:
    """Who has this Telegram id on a tenant's list, active or not, as it is at this moment."""
    rows = await work.fetch(
        "SELECT id FROM agents WHERE tenant = $1 AND telegram_id = $2", tenant, telegram_id
    )
    return await work.session.get(Agent, rows[0]["id"], populate_existing=True) if rows else None


async def _refuse_taken(work: UnitOfWork, tenant: str, telegram_id: int | None) -> None:
    if telegram_id is None:
        return
    # One after another: whoever comes second finds whom the first has put there.
    await work.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended('agents.telegram_id:' || $1, $2))",
        tenant,
        telegram_id,
    )
    if await find_agent(work, tenant, telegram_id) is not None:
        raise TelegramIdTaken(telegram_id=telegram_id)
