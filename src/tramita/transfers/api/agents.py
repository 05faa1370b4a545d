"""``/api/v1/agents``: the list of those who may work on applications."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import to_builtins

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.tenants import TenantNotFound
from tramita.transfers.agents import NewAgent, add_agent, change_agent, get_agent
from tramita.transfers.api.schemas import AgentBody, AgentChangeBody
from tramita.transfers.errors import AgentNotFound
from tramita.transfers.model import Agent
from tramita.transfers.queries import list_agents
from tramita.transfers.views import AgentView, present_agent

READ: Final[dict[str, Any]] = {"scope": "agents:read"}
WRITE: Final[dict[str, Any]] = {"scope": "agents:write"}


async def get_own_agent(work: UnitOfWork, agent_id: UUID) -> Agent:
    """An agent of the caller's tenant, or of any; raises ``AgentNotFound``."""
    agent = await get_agent(work, agent_id)
    if work.bounds.limits[0] not in (None, agent.tenant):
        raise AgentNotFound(id=agent_id)
    return agent


class AgentsController(Controller):
    """Who works on applications, and by which Telegram id they are known in chats."""

    path = "/api/v1/agents"
    tags = ["Agents"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=WRITE | {"idempotent": True})
    async def create(
        self, data: JSONBody[AgentBody], runtime: FromRuntime, actor: FromActor
    ) -> AgentView:
        """Put somebody on the list."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            tenant = data.tenant or work.bounds.tenant
            if work.bounds.limits[0] not in (None, tenant):
                raise TenantNotFound(key=tenant)
            new = NewAgent(tenant, data.name, data.telegram_id, data.role)
            return await answered(work, present_agent(await add_agent(work, new)))

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[AgentView]:
        """Agents, newest first, also those who are off the list."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.reading() as work:
            found = await list_agents(work, before=before, limit=limit)
        return to_page(found, limit, present=lambda one: one, key=lambda one: one.id)

    @get("/{agent_id:uuid}", opt=READ)
    async def show(self, agent_id: FromPath[UUID], runtime: FromRuntime) -> AgentView:
        """One agent."""
        async with runtime.database.reading() as work:
            return present_agent(await get_own_agent(work, agent_id))

    @patch("/{agent_id:uuid}", opt=WRITE)
    async def change(
        self,
        agent_id: FromPath[UUID],
        data: JSONBody[AgentChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> AgentView:
        """Change an agent, or take them off the list: `is_active` false works at the next request.

        Conditions that 1C sends meanwhile wait for a person.
        """
        async with runtime.database.unit_of_work(actor=actor) as work:
            await get_own_agent(work, agent_id)
            return present_agent(await change_agent(work, agent_id, **to_builtins(data)))
