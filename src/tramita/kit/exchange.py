"""The exchange: the one HTTP client for providers.

It pools connections per provider, bounds every call by a total deadline and a size,
never repeats a call by itself, and says of every failure whether the provider can
have acted: ``NotSent`` when it certainly has not, ``Unknown`` when it may have.
What was said is kept, masked, on the ``Attempt``, and journalled with its outcome.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace, TracebackType
from typing import Self

import aiohttp

from tramita.kit.attempt import Attempt, Exchanged
from tramita.kit.breaker import Breaker
from tramita.kit.database.work import open_work
from tramita.kit.masking import mask_body, mask_headers, mask_text
from tramita.kit.metrics import EXCHANGE_SECONDS, EXCHANGES
from tramita.kit.outcome import NotSent, Unknown
from tramita.kit.outside import storable_json, storable_text
from tramita.kit.turns import Turns

_WAIT_FOR_A_PLACE = 5.0
_LARGE_BODY = 512 * 1024


class TransactionOpen(RuntimeError):
    """A provider was about to be called while a database transaction was open."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a provider; ``path`` starts with ``/`` and may carry a query.

    ``shown`` stands for the body in the journal where the body is no text: a picture of
    somebody's face belongs into no journal, and its bytes into no text column.
    """

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    shown: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole; status 5xx and 429 never reach a gateway as an answer.

    Whatever texts are in ``body`` and ``headers`` can be written down; ``raw`` is the body
    as it came, for whoever verifies a signature over it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    raw: bytes = b""


@dataclass
class Exchange:
    """The client of one provider in this process.

    ``deadline`` bounds a call from first byte to last; ``concurrency`` is how many
    calls may be under way at once; ``reads`` is the largest answer accepted, in bytes.
    """

    provider: str
    base_url: str
    deadline: timedelta = timedelta(seconds=30)
    concurrency: int = 500
    reads: int = 2 * 1024 * 1024
    breaker: Breaker = field(default_factory=Breaker)
    clock: Callable[[], float] = time.monotonic
    _session: aiohttp.ClientSession | None = None
    _places: asyncio.Semaphore = field(init=False)
    _turns: Turns = field(default_factory=Turns)

    def __post_init__(self) -> None:
        """Prepare the limit; the session is made inside the running loop."""
        self._places = asyncio.Semaphore(self.concurrency)

    async def __aenter__(self) -> Self:
        """Open the pool."""
        self._session = aiohttp.ClientSession(
            # Defensive: servers close idle connections, many after five seconds. A request
            # on a connection closed that moment ends as Unknown, so ours go first.
            connector=aiohttp.TCPConnector(limit=self.concurrency, keepalive_timeout=3.0),
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=10),
            auto_decompress=True,
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_note_connections()],
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()

    async def send(self, request: Request, attempt: Attempt) -> Answer | NotSent | Unknown:
        """Send once. Raises only for our own mistakes, never for what a vendor does."""
        work = open_work.get()
        if work is not None and work.is_open:
            raise TransactionOpen(f"{self.provider} {request.method} {request.path}")
        try:
            # Bounded, because the operation's lease is running while we wait.
            async with asyncio.timeout(_WAIT_FOR_A_PLACE):
                await self._places.acquire()
        except TimeoutError:
            return NotSent(f"too many calls to {self.provider} under way", timedelta(seconds=1))
        try:
            return await self._send(request, attempt)
        finally:
            self._places.release()

    async def _send(self, request: Request, attempt: Attempt) -> Answer | NotSent | Unknown:
        if attempt.lease_ends is not None and (
            self.clock() + self.deadline.total_seconds() > attempt.lease_ends
        ):
            # A process that was stopped for a while, or waited long for its turn, may have
            # been given up on: whoever asks the provider meanwhile must not be overtaken.
            return NotSent("too late to be sent under this lease", timedelta(seconds=1))
        blocked = self.breaker.blocked_for(self.clock())
        if blocked is not None:
            return NotSent(f"{self.provider} is down, calls are held back", blocked)
        started, began = time.monotonic(), self.clock()
        result, seen = await self._exchange(request)
        took = self.clock() - began
        self._count(result, seen, took)
        # Masking here, and verifying and judging in our caller, compute without a pause.
        await self._turns.take()
        attempt.exchanges.append(_journalled(request, result, seen, started, took))
        return result

    async def _exchange(self, request: Request) -> tuple[Answer | NotSent | Unknown, Answer | None]:
        """The result for the gateway, and the raw answer, if there was one, for the journal."""
        progress = _Progress()
        try:
            async with asyncio.timeout(self.deadline.total_seconds()):
                answer = await self._call(request, progress)
        except aiohttp.InvalidURL:
            raise  # Our own mistake: it says nothing about the provider.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return NotSent(f"no connection: {error}", timedelta(seconds=2)), None
        except TimeoutError:
            within = f"within {self.deadline.total_seconds():g} s"
            if not progress.is_connected:
                return NotSent(f"no connection {within}", timedelta(seconds=2)), None
            return Unknown(f"no answer {within}"), None
        except _TooLarge:
            return Unknown(f"the answer was larger than {self.reads} bytes"), None
        except (aiohttp.ClientError, OSError) as error:
            return Unknown(f"the connection broke: {type(error).__name__} {error}".strip()), None
        return _judge(answer), answer

    async def _call(self, request: Request, progress: "_Progress") -> Answer:
        if self._session is None:
            raise RuntimeError("the exchange is used inside 'async with'")
        async with self._session.request(
            request.method,
            self.base_url.rstrip("/") + request.path,
            data=_sendable(request.body),
            headers=request.headers,
            allow_redirects=False,
            trace_request_ctx=progress,
        ) as response:
            body = b""
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > self.reads:
                    raise _TooLarge
            headers = {k.lower(): storable_text(v) for k, v in response.headers.items()}
            return Answer(response.status, headers, storable_json(body), body)

    def _count(self, result: Answer | NotSent | Unknown, seen: Answer | None, took: float) -> None:
        if seen is not None and seen.status < 500:
            self.breaker.succeeded()
        else:
            self.breaker.failed(self.clock())
        EXCHANGES.labels(self.provider, type(result).__name__).inc()
        EXCHANGE_SECONDS.labels(self.provider).observe(took)


class _TooLarge(Exception):
    """The answer went over the limit."""


@dataclass(slots=True)
class _Progress:
    """How far a call got: without a connection nothing can have been sent."""

    is_connected: bool = False


def _note_connections() -> aiohttp.TraceConfig:
    """Let the client tell each call's ``_Progress`` when it has a connection."""

    async def note(_session: object, context: SimpleNamespace, _how: object) -> None:
        context.trace_request_ctx.is_connected = True

    config = aiohttp.TraceConfig()
    config.on_connection_create_end.append(note)
    config.on_connection_reuseconn.append(note)
    return config


def _sendable(body: bytes) -> bytes | BytesIO | None:
    """A large body in pieces, so that sending it holds nobody else up."""
    return BytesIO(body) if len(body) > _LARGE_BODY else body or None


def _judge(answer: Answer) -> Answer | NotSent | Unknown:
    if answer.status == 429:
        return NotSent("HTTP 429, too many requests", _retry_after(answer))
    if answer.status >= 500:
        # A 5xx says nothing about whether the effect took place before the failure.
        return Unknown(f"HTTP {answer.status}")
    return answer


def _retry_after(answer: Answer) -> timedelta:
    seconds = answer.headers.get("retry-after", "")
    # A date is allowed too; a vendor's clock is not worth trusting, so we wait the default.
    # No longer number can be meant, and Python reads none of thousands of digits.
    return timedelta(seconds=min(int(seconds[:9]), 600) if seconds.isdecimal() else 5)


def _journalled(
    request: Request,
    result: Answer | NotSent | Unknown,
    seen: Answer | None,
    started: float,
    took: float,
) -> Exchanged:
    return Exchanged(
        method=request.method,
        path=mask_text(request.path),
        request=mask_headers(request.headers)
        + mask_body(request.body if request.shown is None else request.shown),
        status=seen.status if seen else None,
        answer=mask_body(seen.body) if seen else "",
        error=None if isinstance(result, Answer) else mask_text(result.reason),
        began=started,
        milliseconds=round(took * 1000),
    )
