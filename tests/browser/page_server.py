"""The client's page on loopback with canned details, its socket in the test's hands."""

import asyncio
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import uvicorn
from litestar import Litestar, MediaType, WebSocket, get, websocket
from litestar.exceptions import PermissionDeniedException, WebSocketDisconnect
from litestar.params import FromPath, FromQuery
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig

import tramita
from tramita.portability.lender import DEMO_LENDER
from tramita.portability.page.colors import accent_style
from tramita.portability.page.lender import Lender
from tramita.portability.page.presentation import NOBODY, present
from tramita.portability.pages import ERROR_PAGES
from tramita.portability.views import EnvelopeView

SOURCE = Path(tramita.__file__).parent

# What production should send too: nothing inline, nothing from elsewhere.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass
class PageState:
    """What one token answers; tests change it while the page looks on.

    ``connected`` is released once for every socket that has been accepted.
    """

    details: EnvelopeView
    lender: Lender = NOBODY
    on_connect: list[dict[str, Any]] = field(default_factory=list)
    refuses_sockets: bool = False
    sockets: list[asyncio.Queue[dict[str, Any] | None]] = field(default_factory=list)
    connected: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


class PageServer:
    """A real server on a free port of 127.0.0.1, in a thread of its own.

    ``states`` maps tokens to what they answer. ``publish`` says something to every
    open socket of a token; ``hang_up`` closes them.
    """

    def __init__(self) -> None:
        self.states: dict[UUID, PageState] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        config = uvicorn.Config(
            self._app(), log_level="warning", ws="websockets-sansio", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="page-server")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for state in self.states.values():
            self.hang_up(state)
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listener.close()

    def address(self, token: UUID | str) -> str:
        """Where the page of this token is."""
        return f"http://127.0.0.1:{self.port}/formalizacao/{token}"

    def publish(self, state: PageState, *messages: dict[str, Any]) -> None:
        """Say ``messages``, one right after the other, to every open socket of the state."""
        self._loop.call_soon_threadsafe(_tell, state, *messages)

    def hang_up(self, state: PageState) -> None:
        """Close every open socket of the state."""
        self._loop.call_soon_threadsafe(_tell, state, None)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve(sockets=[self._listener]))
        self._loop.close()

    def _app(self) -> Litestar:
        @get("/formalizacao/{token:str}", media_type=MediaType.HTML)
        async def page(token: FromPath[str], fragment: FromQuery[int] = 0) -> Template:
            state = self._find(token)
            if state is None:
                return ERROR_PAGES.show(404, request_id="a-request")
            view = present(state.details, now=datetime.now(UTC), lender=state.lender)
            name = "_formalization_body.html" if fragment else "formalization.html"
            return Template(template_name=name, context={"view": view, "token": token})

        @get("/lender/style.css", media_type="text/css")
        async def style() -> str:
            return accent_style(DEMO_LENDER.color)

        @get("/lender/logo", media_type="image/svg+xml")
        async def logo() -> bytes:
            assert DEMO_LENDER.logo is not None
            return DEMO_LENDER.logo.read_bytes()

        @websocket("/ws/{token:str}")
        async def live(socket: WebSocket[Any, Any, Any], token: FromPath[str]) -> None:
            state = self._find(token)
            if state is not None and state.refuses_sockets:
                raise PermissionDeniedException
            await socket.accept()
            if state is None:
                await socket.close(code=4404)
            else:
                await _converse(socket, state=state)

        return Litestar(
            [
                page,
                style,
                logo,
                live,
                create_static_files_router(
                    "/static", [SOURCE / "web" / "static", SOURCE / "portability" / "static"]
                ),
            ],
            template_config=TemplateConfig(
                directory=[
                    SOURCE / "web" / "templates",
                    SOURCE / "portability" / "templates",
                ],
                engine=JinjaTemplateEngine,
            ),
            openapi_config=None,
            logging_config=None,
            after_request=_secured,
        )

    def _find(self, token: str) -> PageState | None:
        try:
            return self.states.get(UUID(token))
        except ValueError:
            return None


def _tell(state: PageState, *messages: dict[str, Any] | None) -> None:
    for queue in state.sockets:
        for one in messages:
            queue.put_nowait(one)


async def _secured(response: Any) -> Any:
    response.headers.update(SECURITY_HEADERS)
    return response


async def _converse(socket: WebSocket[Any, Any, Any], *, state: PageState) -> None:
    queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    state.sockets.append(queue)
    state.connected.release()
    try:
        for message in state.on_connect:
            await socket.send_json(message)
        while (heard := await queue.get()) is not None:
            await socket.send_json(heard)
        await socket.close(code=1012)
    except WebSocketDisconnect:
        return
    finally:
        state.sockets.remove(queue)
