"""``/api/webapp/v1/me`` and ``/users``: who somebody is in the chat, and what they may do there."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.params import PathParameter, QueryParameter

from tramita.kit.http.dependencies import FromRuntime
from tramita.transfers.api.webapp import BASE
from tramita.transfers.api.webapp.access import PEOPLE, PEOPLE_AND_BOT
from tramita.transfers.api.webapp.chats import find_named
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.errors import UserUnknown
from tramita.transfers.webapp.guests import Guest
from tramita.transfers.webapp.people import show_guest, show_person
from tramita.transfers.webapp.views import UserView

TelegramId = Annotated[int, PathParameter(ge=1, lt=2**52)]
InChat = Annotated[
    str,
    QueryParameter(
        pattern=r"^(current|-?[0-9]{1,16})$(?!\n)",
        description="The chat's number; a bot has to say it.",
    ),
]


@get(f"{BASE}/me", opt=PEOPLE, tags=["Mini App"])
async def show_me(request: Request[Any, Any, Any], runtime: FromRuntime) -> UserView:
    """Who you are in this chat."""
    async with runtime.database.unit_of_work() as work:
        return await show_guest(work, request.user, runtime.settings.language)


@get(f"{BASE}/users/{{telegram_id:int}}", opt=PEOPLE_AND_BOT, tags=["Mini App"])
async def show_user(
    request: Request[Any, Any, Any],
    runtime: FromRuntime,
    telegram_id: TelegramId,
    chat: InChat = "current",
) -> UserView:
    """Somebody in the chat: yourself, and for managers and our bot anybody; else 404 `user_unknown`."""
    caller, language = request.user, runtime.settings.language
    async with runtime.database.unit_of_work() as work:
        if isinstance(caller, Guest):
            if telegram_id == caller.session.telegram_id:
                return await show_guest(work, caller, language)
            if caller.who.role is not Role.MANAGER:
                raise UserUnknown
        known = await find_named(work, caller, chat)
        return await show_person(work, known, telegram_id, language)
