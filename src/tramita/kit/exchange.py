"""The exchange: the one HTTP client for providers.

It pools connections per provider, bounds every call by a total deadline and a size,
never repeats a call by itself, and says of every failure whether the provider can
have acted: ``NotSent`` when it certainly has not, ``Unknown`` when it may have.
What was said is kept, masked, on the ``Attempt``, and journalled with its outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace, TracebackType
from typing import Final, Self

import aiohttp

from tramita.kit.attempt import Attempt, Exchanged
from tramita.kit.line import Line
from tramita.kit.masking import mask_body, mask_headers, mask_text
from tramita.kit.masking_shapes import HIDDEN
from tramita.kit.outcome import NotSent, Unknown
from tramita.kit.outside import storable_json, storable_text

LARGEST_ANSWER: Final = 2 * 1024 * 1024
_LARGE_BODY = 512 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a provider; ``path`` starts with ``/`` and may carry a query.

    ``shown`` stands for the body in the journal where the body is no text: a picture of
    somebody's face belongs into no journal, and its bytes into no text column.
    ``nothing_done`` reads an answer of 5xx in the provider's own words: why certainly nothing was
    done, if they say so. ``secret_path`` comes before the path where a provider wants a token in
    its addresses: it is sent, and told to nobody. ``words`` are members of either body that hold
    somebody's own words, which the journal leaves out.
    """

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    shown: bytes | None = None
    words: frozenset[str] = frozenset()
    nothing_done: "Callable[[Answer], NotSent | None] | None" = None
    secret_path: str = field(default="", repr=False)

    def told(self, text: str) -> str:
        """A text about it without its secret, which libraries quote with the address."""
        return text.replace(self.secret_path, f"/{HIDDEN}") if self.secret_path else text


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
class Exchange(Line):
    """The line to a provider that speaks HTTP; ``reads`` is the largest answer, in bytes."""

    base_url: str
    reads: int = LARGEST_ANSWER
    _session: aiohttp.ClientSession | None = None

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
        # It would send a PUT, a DELETE or a GET again where a connection ends without an
        # answer. What a second time does is known to whoever asks, not to a library.
        self._session._retry_connection = False  # noqa: SLF001 - there is no public way
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
        call = HTTPCall(self, request)
        return await self.carry(call, attempt, what=f"{request.method} {request.path}")

    async def hear(self, request: Request, call: "HTTPCall") -> Answer:
        """The raw answer to one request, or whatever the client raises."""
        if self._session is None:
            raise RuntimeError("the exchange is used inside 'async with'")
        async with self._session.request(
            request.method,
            self.base_url.rstrip("/") + request.secret_path + request.path,
            data=_sendable(request.body),
            headers=request.headers,
            allow_redirects=False,
            trace_request_ctx=call,
        ) as response:
            body = b""
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > self.reads:
                    raise _TooLarge
            headers = {k.lower(): storable_text(v) for k, v in response.headers.items()}
            return Answer(response.status, headers, storable_json(body), body)


class AddressInvalid(ValueError):
    """What was to be asked for is no address."""


class _TooLarge(Exception):
    """The answer went over the limit."""


@dataclass
class HTTPCall:
    """One request, and what is known of it: without a connection nothing can have been sent."""

    exchange: Exchange
    request: Request
    is_connected: bool = False
    seen: Answer | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the provider is up."""
        return self.seen is not None and self.seen.status < 500

    async def make(self) -> Answer | NotSent | Unknown:
        """The result for the gateway; the raw answer is kept for the journal."""
        try:
            self.seen = await self.exchange.hear(self.request, self)
        except aiohttp.InvalidURL as error:
            # Our own mistake: it says nothing about the provider.
            raise AddressInvalid(self.request.told(str(error))) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return NotSent(self.request.told(f"no connection: {error}"), timedelta(seconds=2))
        except TimeoutError:
            raise  # Like the deadline's own.
        except _TooLarge:
            return Unknown(f"the answer was larger than {self.exchange.reads} bytes")
        except (aiohttp.ClientError, OSError) as error:
            broke = f"the connection broke: {type(error).__name__} {error}".strip()
            return Unknown(self.request.told(broke))
        return _judge(self.seen, self.request)

    def cut_off(self, within: str) -> NotSent | Unknown:
        """The deadline has passed."""
        if not self.is_connected:
            return NotSent(f"no connection {within}", timedelta(seconds=2))
        return Unknown(f"no answer {within}")

    def journalled(
        self, result: Answer | NotSent | Unknown, began: float, milliseconds: int
    ) -> Exchanged:
        """What was said, masked."""
        request, seen = self.request, self.seen
        return Exchanged(
            method=request.method,
            path=mask_text(request.path),
            request=mask_headers(request.headers)
            + mask_body(
                request.body if request.shown is None else request.shown, words=request.words
            ),
            status=seen.status if seen else None,
            # Defensive: proxies print the address that they could not reach.
            answer=request.told(mask_body(seen.body, words=request.words)) if seen else "",
            error=None if isinstance(result, Answer) else mask_text(result.reason),
            began=began,
            milliseconds=milliseconds,
        )


def _note_connections() -> aiohttp.TraceConfig:
    """Let the client tell each ``HTTPCall`` when it has a connection."""

    async def note(_session: object, context: SimpleNamespace, _how: object) -> None:
        context.trace_request_ctx.is_connected = True

    config = aiohttp.TraceConfig()
    config.on_connection_create_end.append(note)
    config.on_connection_reuseconn.append(note)
    return config


def _sendable(body: bytes) -> bytes | BytesIO | None:
    """A large body in pieces, so that sending it holds nobody else up."""
    return BytesIO(body) if len(body) > _LARGE_BODY else body or None


def _judge(answer: Answer, request: Request) -> Answer | NotSent | Unknown:
    if answer.status == 429:
        return NotSent("HTTP 429, too many requests", _retry_after(answer))
    if answer.status >= 500:
        nothing = request.nothing_done(answer) if request.nothing_done else None
        # A 5xx says nothing about whether the effect took place before the failure.
        return nothing or Unknown(f"HTTP {answer.status}")
    return answer


def _retry_after(answer: Answer) -> timedelta:
    seconds = answer.headers.get("retry-after", "")
    # A date is allowed too; a vendor's clock is not worth trusting, so we wait the default.
    # No longer number can be meant, and Python reads none of thousands of digits.
    return timedelta(seconds=min(int(seconds[:9]), 600) if seconds.isdecimal() else 5)
