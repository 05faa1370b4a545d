"""``/console/agents``: the list of those who may work on applications, and who is on it."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.response import Redirect, Response, Template

from tramita.console.acting import NO_BUTTON
from tramita.console.frame import KEEP, PAGE, frame
from tramita.console.presentation import query_of
from tramita.console.times import Moment, now_for
from tramita.kit.audit import Subject, note_act
from tramita.kit.errors import ConflictError, NotFoundError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import list_tenants
from tramita.transfers.agents import NewAgent, add_agent, change_agent
from tramita.transfers.console.words import AGENT_ROLES
from tramita.transfers.model import AgentRole
from tramita.transfers.queries import list_agents

ADDRESS: Final = "/console/agents"
ROWS: Final = 50
_LONGEST_NAME: Final = 200
_MOST: Final = 2**52
_NO_NAME: Final = to_translate("Say what they are called.")
_NO_TELEGRAM_ID: Final = to_translate(
    "A Telegram id is a number, which the bot shows to whoever writes to it."
)
_NO_ROLE: Final = to_translate("Choose one of the roles.")


class AgentPages(Controller):
    """Agents of every tenant, newest first."""

    path = "/agents"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, cursor: Cursor = None
    ) -> Template:
        """The list, with a form for another one."""
        return await _page(request, runtime, cursor=cursor)

    @post(status_code=303, opt=KEEP)
    async def act(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Put somebody on the list, take them off it or back on it; a refusal is told in place."""
        form = await request.form()
        said = {name: str(form.get(name, "")).strip() for name in form}
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                pressed = said.get("active", "") or said.get("inactive", "")
                if pressed:
                    is_active = bool(said.get("active"))
                    agent = await change_agent(work, _pressed(pressed), is_active=is_active)
                    action = "agent.enabled" if is_active else "agent.disabled"
                else:
                    agent, action = await add_agent(work, _read(said)), "agent.added"
                await note_act(work, work.actor, action, Subject("agent", agent.id, agent.tenant))
        except ValueError as error:
            return await _page(request, runtime, said, error=str(error), status=422)
        except (ConflictError, NotFoundError) as refused:
            return await _page(request, runtime, said, error=refused.sentence, status=409)
        return Redirect(ADDRESS, status_code=303)


def _pressed(text: str) -> UUID:
    """Who is meant; raises ``ValueError`` with a sentence."""
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(NO_BUTTON) from None


def _read(said: dict[str, str]) -> NewAgent:
    """Who is to be put on the list; raises ``ValueError`` with a sentence."""
    name, telegram_id = said.get("name", ""), said.get("telegram_id", "")
    if not name or len(name) > _LONGEST_NAME:
        raise ValueError(_NO_NAME)
    if telegram_id and not (telegram_id.isdecimal() and 0 < int(telegram_id) <= _MOST):
        raise ValueError(_NO_TELEGRAM_ID)
    role = said.get("role", AgentRole.AGENT)
    if role not in set(AgentRole):
        raise ValueError(_NO_ROLE)
    return NewAgent(
        said.get("tenant", ""),
        name,
        int(telegram_id) if telegram_id else None,
        AgentRole(role),
    )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    said: dict[str, str] | None = None,
    *,
    cursor: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Template:
    before = decode_cursor(cursor, UUID)
    async with runtime.database.reading() as work:
        found = await list_agents(work, before=before, limit=ROWS)
        tenants = await list_tenants(work.session)
        now = now_for(request, await work.now())
    page = to_page(
        found,
        ROWS,
        present=lambda one: (one, Moment.of(one.created_at, now=now)),
        key=lambda one: one.id,
    )
    context = {
        "lines": page.items,
        "tenants": tenants,
        "partner_names": {one.key: one.title for one in tenants},
        "roles": AGENT_ROLES,
        "said": said or {},
        "is_first": cursor is None,
        "next": query_of(cursor=page.next_cursor) if page.next_cursor else None,
        "error": error,
        "room": "agents",
    }
    return Template("console/agents.html", status_code=status, context=frame(request) | context)
