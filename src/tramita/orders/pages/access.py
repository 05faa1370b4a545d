"""Who is let into the learners' pages: a session, and for every POST a form of our own.

The guard in ``tramita.web.auth`` calls ``admit`` for each route that declares
``opt={"learner": True}``, so no handler can forget any of it.
"""

from typing import Final

from litestar import Request
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException

from tramita.kit.http.forms import (
    SAFE_METHODS,
    AnyConnection,
    AnyRequest,
    check_form,
    cookie_name,
    is_from_here,
    make_cookie,
    runtime_of,
)
from tramita.orders.sessions import Visitor, find_visitor

HOME: Final = "/learn"
_COOKIE: Final = "learner"
# What pages ask with: for what has changed, and, without a script, for themselves.
_BY_ITSELF: Final = frozenset({"fragment", "again"})


class EntranceNeeded(NotAuthorizedException):
    """Nobody has come in, or their time is over."""


class SocketNotOurs(PermissionDeniedException):
    """A page of another site opens a socket in somebody's name."""


async def let_in_learner(connection: AnyConnection, _: object) -> Visitor:
    """Whose request or socket this is.

    Raises ``EntranceNeeded``, ``FormNotOurs`` and ``SocketNotOurs``.
    """
    session_id = presented_session(connection)
    if session_id is None:
        raise EntranceNeeded
    async with runtime_of(connection).database.unit_of_work() as work:
        visitor = await find_visitor(work, session_id, is_used=_is_theirs(connection))
    if visitor is None:
        raise EntranceNeeded
    if not isinstance(connection, Request):
        if not is_from_here(connection):
            raise SocketNotOurs
    elif connection.method not in SAFE_METHODS:
        await check_form(connection, secret=session_id)
    return visitor


def _is_theirs(connection: AnyConnection) -> bool:
    """Whether a person asks, and not a page that stays open and looks again by itself."""
    return isinstance(connection, Request) and _BY_ITSELF.isdisjoint(connection.query_params)


def presented_session(connection: AnyConnection) -> str | None:
    """The session id in the cookie, valid or not."""
    return connection.cookies.get(cookie_name(connection, _COOKIE, path=HOME)) or None


def session_cookie(request: AnyRequest, session_id: str | None) -> Cookie:
    """What the browser keeps while somebody is here, or that it keeps nothing more."""
    return make_cookie(request, _COOKIE, session_id, path=HOME)
