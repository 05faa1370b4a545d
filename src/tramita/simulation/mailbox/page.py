"""The page of the mailbox: what came, newest first, each as its reader sees it."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("tramita.simulation"), autoescape=True, undefined=StrictUndefined
)
# An e-mail brings its own styles; nothing of it runs, and nothing is fetched for it.
_READ_ONLY: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "Cache-Control": "no-store",
}
_PAGE: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "img-src data:; base-uri 'none'",
    "Cache-Control": "no-store",
}


class Shown(Protocol):
    """An e-mail, as far as the page asks."""

    @property
    def id(self) -> int: ...

    def body(self, form: str) -> str: ...

    def shown(self) -> dict[str, object]: ...


class Listening(Protocol):
    """Where e-mails are taken."""

    @property
    def port(self) -> int: ...


To = Annotated[str | None, QueryParameter(max_length=254)]


def page_routes(mails: Sequence[Shown], server: Listening) -> list[ControllerRouterHandler]:
    """The page, the e-mails on it, and the port to give them to."""

    def find(mail_id: int) -> Shown:
        if not 1 <= mail_id <= len(mails):
            raise NotFoundException
        return mails[mail_id - 1]

    @get("/", media_type=MediaType.HTML)
    async def show_mailbox(mail: FromQuery[int | None] = None) -> Response[str]:
        read = find(mail) if mail is not None else (mails[-1] if mails else None)
        page = _ENVIRONMENT.get_template("mailbox.html").render(
            mails=[one.shown() for one in reversed(mails)], read=read and read.shown()
        )
        return Response(page, headers=_PAGE)

    @get("/mails/{mail_id:int}/html", media_type=MediaType.HTML)
    async def show_html(mail_id: FromPath[int]) -> Response[str]:
        return Response(find(mail_id).body("html"), headers=_READ_ONLY)

    @get("/mails")
    async def list_mails(to: To = None) -> dict[str, Any]:
        shown = [one.shown() for one in mails]
        return {"items": [one for one in shown if to is None or to in one["to"]]}  # type: ignore[operator]  # a list

    @get("/smtp")
    async def show_port() -> dict[str, int]:
        return {"port": server.port}

    return [show_mailbox, show_html, list_mails, show_port]
