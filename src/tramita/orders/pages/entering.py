"""``/learn/enter`` and ``/learn/leave``: from the learning platform to one's own pages, and out.

The platform sends its learner here by a form with its token (``token``), so that no address and no
log holds it; a token that is trusted becomes a session, if it comes from the platform's own site. In the demo there is no platform, and
whoever comes chooses who they are.
"""

from typing import Any, Final

import structlog
from litestar import get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.response import Redirect, Response

from tramita.kit.errors import ConfigurationError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest, is_from_here, origin_of
from tramita.kit.http.platform import recognize
from tramita.kit.jwt_users import JWTSettings, JWTUser, TokenNotTrusted
from tramita.kit.runtime import Runtime
from tramita.orders.learners import list_known
from tramita.orders.pages.access import HOME, presented_session, session_cookie
from tramita.orders.pages.errors import ERROR_PAGES, LEARNERS
from tramita.orders.pages.frame import page
from tramita.orders.sessions import begin_session, end_session

log = structlog.get_logger(__name__)

_OPEN: Final[dict[str, Any]] = {
    "public": "who comes in shows the platform's token first",
    "page": ERROR_PAGES,
}
# Whom the demo offers to be, besides those that it knows.
_DEMO: Final = (("ana", "Ana Learner", "en"), ("camille", "Camille Élève", "fr-FR"))
_MOST_KNOWN: Final = 30


@get("/enter", opt=_OPEN)
async def show_entrance(request: AnyRequest, runtime: FromRuntime) -> Response[Any]:
    """How to come in; in the demo, as whom."""
    if not runtime.settings.is_demo:
        return page(request, "outside", has_ended=False)
    return page(request, "entrance", learners=await _demo_learners(runtime))


@post("/enter", status_code=303, opt=_OPEN)
async def enter(request: AnyRequest, runtime: FromRuntime) -> Response[Any]:
    """Take the platform's word, and let its learner in."""
    form = await request.form()
    chosen = form.get("learner")
    if chosen is not None:
        user = await _demo_learner(request, runtime, str(chosen))
    else:
        try:
            user = await recognize(request, str(form.get("token", "")))
            _check_sender(request, runtime)
        except (TokenNotTrusted, ConfigurationError, PermissionDeniedException):
            return page(request, "outside", status=403, is_refused=True)
    async with runtime.within(user.bounds).database.unit_of_work(actor=user.actor) as work:
        before = presented_session(request)
        if before is not None:
            await end_session(work, before)
        session_id = await begin_session(work, user)
    return Redirect(HOME, status_code=303, cookies=[session_cookie(request, session_id)])


@post("/leave", opt=LEARNERS)
async def leave(request: AnyRequest, runtime: FromRuntime) -> Response[Any]:
    """End the session."""
    session_id = presented_session(request)
    if session_id is not None:
        async with runtime.database.unit_of_work() as work:
            await end_session(work, session_id)
    request.scope["user"] = None
    left = page(request, "outside", has_left=True)
    left.set_cookie(session_cookie(request, None))
    return left


def _check_sender(request: AnyRequest, runtime: Runtime) -> None:
    """Raise ``PermissionDeniedException`` for the form of another site than the platform's.

    That would have a token of its own, and somebody would order and pay in its owner's name.
    """
    origins, sender = runtime.configured(JWTSettings).origins, origin_of(request)
    if sender in origins or (not origins and runtime.settings.is_demo):
        return
    log.warning("learner_sent_from_elsewhere", sender=sender, known=list(origins))
    raise PermissionDeniedException


async def _demo_learner(request: AnyRequest, runtime: Runtime, username: str) -> JWTUser:
    if not runtime.settings.is_demo or not is_from_here(request):
        raise NotFoundException
    for user in await _demo_learners(runtime):
        if user.username == username:
            return user
    raise NotFoundException


async def _demo_learners(runtime: Runtime) -> list[JWTUser]:
    """Whom one may be here."""
    tenant = runtime.configured(JWTSettings).tenant
    async with runtime.database.unit_of_work() as work:
        known = await list_known(work, tenant, most=_MOST_KNOWN)
    names = {one.username for one in known}
    return known + [
        JWTUser(tenant, username, f"{username}@example.com", full_name, language)
        for username, full_name, language in _DEMO
        if username not in names
    ]
