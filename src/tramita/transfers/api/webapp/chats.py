"""Which chat a path names: by its number at the messenger, or as the one that the reader is in."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import PathParameter

from tramita.chats.registry import KnownChat, find_chat
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.languages.words import Words
from tramita.kit.tokens import ServiceToken
from tramita.transfers.api.webapp.telling import words_of
from tramita.transfers.errors import ChatNotBound
from tramita.transfers.rules.roles import Role
from tramita.transfers.webapp.errors import ChatMismatch
from tramita.transfers.webapp.guests import Guest
from tramita.transfers.who import Who

CURRENT: Final = "current"
# A messenger's numbers have at most 52 bits.
_NUMBER: Final = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_NAMED: Final = r"^(current|-?[0-9]{1,16})$(?!\n)"

Named: TypeAlias = Annotated[
    str,
    PathParameter(pattern=_NAMED, description="The chat's number at the messenger, or `current`."),
]


@dataclass(frozen=True, slots=True)
class Here:
    """Which chat a request is about, as whom somebody asks, and in which words they are answered."""

    chat: KnownChat
    who: Who
    words: Words


async def provide_here(request: Request[Any, Any, Any], chat: Named, runtime: FromRuntime) -> Here:
    """The chat of a path, if it is the caller's; raises ``ChatMismatch`` and ``ChatNotBound``."""
    async with runtime.database.unit_of_work() as work:
        known = await find_named(work, request.user, chat)
    return Here(known, who_of(request.user), words_of(request))


async def find_named(work: UnitOfWork, caller: Guest | ServiceToken, named: str) -> KnownChat:
    """The same. A guest learns nothing of other chats, not even that they are there."""
    if isinstance(caller, Guest) and named == CURRENT:
        return caller.chat
    found = await find_chat(work, int(named)) if _NUMBER.fullmatch(named) else None
    if isinstance(caller, Guest):
        if found is None or found.id != caller.chat.id:
            raise ChatMismatch
        return found
    bounds = caller.bounds
    if found is None or found.tenant is None:
        raise ChatNotBound
    if not bounds.is_all_tenants and found.tenant != bounds.tenant:
        raise ChatNotBound
    return found


def who_of(caller: Guest | ServiceToken) -> Who:
    """As whom they do things."""
    return caller.who if isinstance(caller, Guest) else Who(Role.BOT, caller.actor)


FromHere: TypeAlias = NamedDependency[Here]
HERE: Final = {"here": Provide(provide_here)}
