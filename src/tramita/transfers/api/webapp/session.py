"""``POST /api/webapp/v1/session``: what Telegram signs on opening becomes a short session."""

from datetime import datetime
from typing import Annotated, Any, Final

import structlog
from litestar import Request, post
from litestar.params import HeaderParameter
from msgspec import Struct

from tramita.chats.ports import MiniApp, MistrustCode, NotTrusted, Opened
from tramita.chats.settings import ChatSettings
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.runtime import Runtime
from tramita.transfers.api.webapp import BASE
from tramita.transfers.api.webapp.access import browser_of
from tramita.transfers.api.webapp.telling import tell
from tramita.transfers.webapp.errors import InitDataExpired, InitDataInvalid
from tramita.transfers.webapp.guests import check_opening, find_chat_of, pin_opening, recognize
from tramita.transfers.webapp.people import show_guest
from tramita.transfers.webapp.sessions import LONGEST_IDLE
from tramita.transfers.webapp.sessions import begin_session as begin
from tramita.transfers.webapp.views import UserView

log = structlog.get_logger(__name__)

_OPEN: Final[dict[str, Any]] = {
    "public": "what Telegram signs is shown instead of a token",
    "told": tell,
    "problems": [401, 403, 404, 503, 504],
}
_SCHEME: Final = "tma"
Shown = Annotated[
    str, HeaderParameter(name="Authorization", description="`tma <initData>`, as it was given.")
]


class SessionAnswer(Struct):
    """A session: its ``token`` is to be borne with every request, and is shown this once."""

    token: str
    token_type: str
    expires_at: datetime
    idle_seconds: int
    user: UserView


@post(f"{BASE}/session", opt=_OPEN, tags=["Mini App"])
async def begin_session(
    request: Request[Any, Any, Any], runtime: FromRuntime, shown: Shown = ""
) -> SessionAnswer:
    """Exchange what the Mini App was opened with for a session of the chat it was opened from."""
    opened = await _open(runtime, shown)
    async with runtime.database.unit_of_work() as work:
        chat = await find_chat_of(work, opened)
    await check_opening(runtime, chat, opened)
    async with runtime.database.unit_of_work() as work:
        begun = await begin(work, chat.id, opened, browser_of(request))
        guest = await recognize(work, begun.session)
        await pin_opening(work, chat, opened)
        user = await show_guest(work, guest, runtime.settings.language)
    seconds = round(LONGEST_IDLE.total_seconds())
    return SessionAnswer(begun.bearer, "Bearer", begun.ends_at, seconds, user)


async def _open(runtime: Runtime, shown: str) -> Opened:
    scheme, _, init_data = shown.partition(" ")
    if scheme.lower() != _SCHEME or not init_data:
        raise InitDataInvalid
    app = runtime.gateway(MiniApp, runtime.configured(ChatSettings).provider)
    async with runtime.database.unit_of_work() as work:
        now = await work.now()
    opened = app.open(init_data.strip(), now)
    if isinstance(opened, NotTrusted):
        # Why it is not believed is for us; whoever tries learns nothing of it.
        log.warning("mini_app_not_trusted", why=opened.why)
        raise InitDataExpired if opened.code is MistrustCode.EXPIRED else InitDataInvalid
    return opened
