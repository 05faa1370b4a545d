"""Who is let into the console: a session, a role, and for every POST a form of our own.

The guard in ``tramita.web.auth`` calls ``admit`` for each route that declares
``opt={"console": role}``, so no handler can forget any of it.
"""

from litestar.exceptions import NotAuthorizedException, PermissionDeniedException

from tramita.console.reader import MOST_TOLD, NEEDS_ATTENTION
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.sessions import SignedIn, find_session
from tramita.kit.attention import count_waiting
from tramita.kit.http.forms import SAFE_METHODS, AnyRequest, check_form, cookie_name, runtime_of

SESSION_COOKIES = frozenset({"tramita_session", "__Host-tramita_session"})


class SignInNeeded(NotAuthorizedException):
    """Nobody is signed in, or no more."""


class RoleMissing(PermissionDeniedException):
    """Whoever is signed in may not do this."""


async def admit(request: AnyRequest, role: Role) -> SignedIn:
    """Who makes this request.

    Raises ``SignInNeeded``, ``RoleMissing`` and ``FormNotOurs``.
    """
    session_id = presented_session(request)
    signed_in = await _recognize(request, session_id) if session_id else None
    if session_id is None or signed_in is None:
        raise SignInNeeded
    if not signed_in.role.includes(role):
        # The page that says so is shown to them all the same.
        request.scope["user"] = signed_in
        raise RoleMissing
    if request.method not in SAFE_METHODS:
        await check_form(request, secret=session_id)
    return signed_in


async def _recognize(request: AnyRequest, session_id: str) -> SignedIn | None:
    """Whose session it is; the request's state is told what the frame of a page shows."""
    runtime = runtime_of(request)
    async with runtime.database.unit_of_work() as work:
        signed_in = await find_session(work, session_id)
        if signed_in is not None and request.method in SAFE_METHODS:
            waiting = await count_waiting(work, runtime.attention, most=MOST_TOLD)
            request.scope["state"][NEEDS_ATTENTION] = waiting
    return signed_in


def presented_session(request: AnyRequest) -> str | None:
    """The session id in the request's cookie, valid or not."""
    return request.cookies.get(cookie_name(request, "session"))


async def recognize(request: AnyRequest, session_id: str) -> SignedIn | None:
    """Whose session it is, if it has not ended."""
    async with runtime_of(request).database.unit_of_work() as work:
        return await find_session(work, session_id)
