"""One connection of a stranger: how much it may send, and how long it may take to.

uvicorn reads what comes, as long as it comes. Here the head of a request is bounded in
bytes, in headers and in time, what is around its body in bytes, and the body in time; how
large a body may be, its route says.
A proxy that buffers requests does the same before us; nobody has to have one.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

log = structlog.get_logger(__name__)

MOST_HEAD_BYTES: Final = 16 * 1024
MOST_HEADERS: Final = 100
# Bytes around each byte of a body; a chunk of one byte has five around it, and counts itself.
MOST_FRAMING: Final = 8


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that the parts of a request may take.

    ``head`` counts from connecting, or from the first byte of a further request. A
    ``body`` may take longer the more of it has come, at ``rate`` bytes a second: a slow line is
    no attack. What still comes after the answer is read for ``rest``, because a client that
    writes cannot listen yet.
    """

    head: float = 10.0
    body: float = 20.0
    rest: float = 2.0
    rate: float = 32 * 1024


class _Phase(Enum):
    HEAD = auto()
    BODY = auto()
    # The answer is sent, and the body still comes.
    REST = auto()


class _HeadTooLarge(Exception):
    """Ends the parsing of a head."""


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's protocol with bounds; what goes beyond them gets 431 or 408 and is closed."""

    patience: ClassVar[Patience] = Patience()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._phase: _Phase | None = None
        self._is_reading_head = False
        self._is_reading_body = False
        self._is_refused = False
        # What has come since the head began, and what of it the parser has found.
        self._head_bytes = self._parsed_bytes = self._parsed_headers = 0
        self._body_bytes, self._body_began = 0, 0.0
        # What came with the body and is none of it: sizes of chunks, what follows them, trailers.
        self._framing_bytes = 0

    # ---- the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        most = self.limit_concurrency
        if most is not None and len(self.connections) > most:
            transport.abort()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused or self.transport.is_closing():
            return
        if self._is_reading_head:
            self._head_bytes += len(data)
        if self._is_reading_body:
            self._framing_bytes += len(data)
        super().data_received(data)
        is_too_large = (
            self._framing_bytes > MOST_HEAD_BYTES + MOST_FRAMING * self._body_bytes
            if self._is_reading_body
            else self._is_reading_head and self._head_bytes > MOST_HEAD_BYTES
        )
        if is_too_large:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        self._watch()

    def handle_websocket_upgrade(self) -> None:
        self._stop_watching()
        self._is_refused = True  # What comes now is for the socket.
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        too_large = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        self._refuse(too_large if self._is_head_too_large() else HTTPStatus.BAD_REQUEST)

    # ---- what the parser finds

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_reading_head = True
        self._head_bytes = self._parsed_bytes = self._parsed_headers = 0

    def on_url(self, url: bytes) -> None:
        self._parsed_bytes += len(url)
        self._check_head()
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._parsed_bytes += len(name) + len(value)
        self._parsed_headers += 1
        self._check_head()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_reading_head, self._is_reading_body = False, True
        self._body_bytes, self._body_began = 0, self.loop.time()
        self._framing_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_reading_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._watch()

    def _check_head(self) -> None:
        if self._is_head_too_large():
            raise _HeadTooLarge

    def _is_head_too_large(self) -> bool:
        return self._parsed_bytes > MOST_HEAD_BYTES or self._parsed_headers > MOST_HEADERS

    # ---- time

    def _watch(self) -> None:
        """Have the phase that the connection is in end in time."""
        if self._is_refused:
            return
        phase = self._find_phase()
        if phase is not self._phase:
            self._stop_watching()
            self._phase = phase
            if phase is not None:
                self._wait(self._longest(phase))

    def _find_phase(self) -> _Phase | None:
        is_answering = self._answering() is not None
        if self._is_reading_body:
            return _Phase.BODY if is_answering else _Phase.REST
        # uvicorn's own timer runs between two requests, until a byte comes.
        is_resting = is_answering or self.timeout_keep_alive_task is not None
        return _Phase.HEAD if self._is_reading_head or not is_resting else None

    def _longest(self, phase: _Phase) -> float:
        match phase:
            case _Phase.HEAD:
                return self.patience.head
            case _Phase.BODY:
                return self.patience.body
            case _Phase.REST:
                return self.patience.rest

    def _wait(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._end_phase)

    def _stop_watching(self) -> None:
        self._phase = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end_phase(self) -> None:
        if self._phase is _Phase.HEAD and self._answering():
            self._wait(self.patience.head)
        elif self._phase is _Phase.BODY and (more := self._body_may_take()) > 0:
            self._wait(more)
        elif self._phase is _Phase.REST or not (self._head_bytes or self._parsed_bytes):
            self.transport.close()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _answering(self) -> RequestResponseCycle | None:
        """The latest request of this connection, while it is being answered."""
        latest = cast("RequestResponseCycle | None", self.cycle)
        return None if latest is None or latest.response_complete else latest

    def _body_may_take(self) -> float:
        """Seconds that the body may still take."""
        if self.flow.read_paused:
            return self.patience.body  # It is we who do not read on.
        longest = self.patience.body + self._body_bytes / self.patience.rate
        return self._body_began + longest - self.loop.time()

    # ---- the end

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, and close once the client has had time to read it."""
        self._stop_watching()
        self._unset_keepalive_if_required()
        self._is_refused = True
        answering = self._answering()
        if answering is not None:
            answering.disconnected = True
            answering.message_event.set()
        self.flow.resume_reading()
        if answering is None or not answering.response_started:
            self.transport.write(_REFUSAL % (status, status.phrase.encode()))
        log.info("connection_refused", status=int(status))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(self.patience.rest, self.transport.abort)


_REFUSAL: Final = (
    b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\ncache-control: no-store\r\n\r\n"
)
