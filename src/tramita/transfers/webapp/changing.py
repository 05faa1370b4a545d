"""What somebody in the Mini App does to their chat's application, and what is said of the outcome."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, NoReturn
from uuid import UUID

from msgspec import structs, to_builtins

from tramita.chats.registry import KnownChat
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import Words
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import get_tenant
from tramita.transfers.errors import AgentNotWhitelisted
from tramita.transfers.listening import agent_of_chat
from tramita.transfers.model import Application
from tramita.transfers.rules.faults import find_faults
from tramita.transfers.rules.fields import Consent, change
from tramita.transfers.rules.kinds import Kind, Origin
from tramita.transfers.service import (
    NewApplication,
    assign_agent,
    create_application,
    edit_application,
)
from tramita.transfers.turning import turn_application, turn_payment
from tramita.transfers.webapp.errors import AgentUnavailable
from tramita.transfers.webapp.reading import get_former, get_of_chat, view_of
from tramita.transfers.webapp.refusals import hint_of
from tramita.transfers.webapp.views import ApplicationView, Hint
from tramita.transfers.who import Who

# A day has come when it has come somewhere.
_FIRST_ZONE: Final = timedelta(hours=14)


class Axis(StrEnum):
    """What is moved."""

    APPLICATION = "application"
    PAYMENT = "payment"


class _Rehearsed(Exception):
    """Everything was done, and is not to be kept."""

    def __init__(self, view: ApplicationView) -> None:
        self.view = view


async def rehearse(
    runtime: Runtime, change: Callable[[UnitOfWork], Awaitable[ApplicationView]], actor: str
) -> ApplicationView:
    """What a change would come to; nothing of it stays."""
    try:
        async with runtime.database.unit_of_work(actor=actor) as work:
            _undo(await change(work))
    except _Rehearsed as rehearsed:
        return rehearsed.view


def _undo(view: ApplicationView) -> NoReturn:
    raise _Rehearsed(view)


async def create(
    work: UnitOfWork,
    chat: KnownChat,
    who: Who,
    fields: Mapping[str, Any],
    words: Words,
    like: UUID | None = None,
) -> ApplicationView:
    """Begin the chat's application, for the agent who has added our bot, or the one who begins it.

    With what stood in a former one of the chat, where it is to be ``like`` that; ``fields`` go before it.
    """
    assert chat.tenant is not None
    if like is not None:
        fields = _on_top(await get_former(work, chat.id, like), fields)
    agent_id = await agent_of_chat(work, chat.id) or who.agent_id
    new = NewApplication(chat.tenant, Origin.WEBAPP, who, agent_id, chat.id, fields)
    return await _shown(work, await create_application(work, new), who, words)


def _on_top(former: Application, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What stood in a former application, changed; whoever agreed to anything then is asked anew."""
    stood = structs.replace(former.form, consent=Consent())
    merged: dict[str, Any] = to_builtins(change(stood, fields))
    return merged


async def edit(
    work: UnitOfWork,
    application_id: UUID,
    changes: Mapping[str, Any],
    version: int | None,
    who: Who,
    words: Words,
) -> ApplicationView:
    """Merge changes into its form."""
    changed = await edit_application(work, application_id, changes, version, who)
    return await _shown(work, changed, who, words)


async def move(
    work: UnitOfWork, chat: KnownChat, axis: Axis, to: str, who: Who, reason: str | None
) -> Application:
    """Move the chat's application, or its payment, to a state.

    Raises ``InvalidTransition``, and ``AgentUnavailable`` where its agent is on the list no more.
    """
    application = await get_of_chat(work, chat)
    turn = turn_payment if axis is Axis.PAYMENT else turn_application
    with _about_another():
        return await turn(work, application.id, to, who, reason)


async def hand_over(work: UnitOfWork, chat: KnownChat, agent_id: UUID, who: Who) -> Application:
    """Let another agent work on the chat's application; raises ``AgentUnavailable``."""
    application = await get_of_chat(work, chat)
    with _about_another():
        return await assign_agent(work, application.id, agent_id, who)


@contextmanager
def _about_another() -> Iterator[None]:
    """Whoever acts is on the list, or had not been let in: who is not is the agent whose it is, or is to be."""
    try:
        yield
    except AgentNotWhitelisted as error:
        raise AgentUnavailable from error


async def hints_of(work: UnitOfWork, application: Application, words: Words) -> list[Hint]:
    """What is wrong with what stands in it by now."""
    today = (await work.now() + _FIRST_ZONE).date()
    tenant = await get_tenant(work, application.tenant)
    found = find_faults(application.form, Kind(application.kind), today, tenant.amount_limits)
    return [Hint(one.path, one.code, hint_of(one, words)) for one in found]


async def _shown(
    work: UnitOfWork, application: Application, who: Who, words: Words
) -> ApplicationView:
    warnings = await hints_of(work, application, words)
    return await view_of(work, application, who.role, warnings=warnings)
