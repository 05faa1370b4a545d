"""Who is let into the Mini App's API and pages: people by the session of a chat, our bot by a token.

A route says ``opt={"webapp": True}``, and ``or_scope`` besides where a service token is taken too. A
browser's socket can bear nothing in its head but the names of protocols, so there it is one of them.
"""

from typing import Any, Final

from litestar import Request

from tramita.kit.http.bearers import find_presented, let_in_token
from tramita.kit.http.forms import AnyConnection, runtime_of
from tramita.kit.tokens import ServiceToken
from tramita.transfers.api.webapp.telling import tell
from tramita.transfers.webapp.errors import InitDataExpired, NotChatMember, SessionExpired
from tramita.transfers.webapp.guests import Guest, recognize
from tramita.transfers.webapp.sessions import Session, end_sessions, find_session

BOT: Final = "webapp:bot"
"""The scope of whoever keeps what is said and sent in chats: our bot."""
PROTOCOL: Final = "tramita.webapp"
_BEARER: Final = "bearer."

PEOPLE: Final[dict[str, Any]] = {"webapp": True, "told": tell}
PEOPLE_AND_BOT: Final[dict[str, Any]] = PEOPLE | {"or_scope": BOT}


async def let_in_guest(connection: AnyConnection, _: object) -> Guest | ServiceToken:
    """Whose session it is, or else whose token; raises where it is nobody's, or no longer."""
    borne = find_presented(connection) or _in_protocols(connection)
    session = await _find(connection, borne) if borne else None
    if session is not None:
        return await _recognize(connection, session)
    scope = (
        connection.route_handler.opt.get("or_scope") if isinstance(connection, Request) else None
    )
    if borne and scope:
        return await let_in_token(connection, scope)
    raise SessionExpired


def browser_of(connection: AnyConnection) -> str:
    """What the program of whoever asks calls itself."""
    return connection.headers.get("user-agent", "")


def check_may_act(caller: Guest | ServiceToken) -> None:
    """Raise ``InitDataExpired`` for somebody who has opened the application too long ago."""
    if isinstance(caller, Guest) and not caller.session.may_act:
        raise InitDataExpired


async def _find(connection: AnyConnection, borne: str) -> Session | None:
    async with runtime_of(connection).database.unit_of_work() as work:
        return await find_session(work, borne, browser_of(connection))


async def _recognize(connection: AnyConnection, session: Session) -> Guest:
    database = runtime_of(connection).database
    try:
        async with database.unit_of_work() as work:
            return await recognize(work, session)
    except NotChatMember:
        # Who comes back to the chat opens the application anew.
        async with database.unit_of_work() as work:
            await end_sessions(work, session.chat_id, session.telegram_id)
        raise


def _in_protocols(connection: AnyConnection) -> str | None:
    named = connection.headers.get("sec-websocket-protocol", "").split(",")
    found = (one.strip() for one in named if one.strip().startswith(_BEARER))
    return next((one.removeprefix(_BEARER) for one in found), None)
