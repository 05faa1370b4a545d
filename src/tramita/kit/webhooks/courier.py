"""The courier: posts one body to one endpoint, once, and says what came of it.

It follows no redirect (an endpoint says itself where it is), keeps no cookies, waits no
longer than its deadline and reads no more of an answer than a person wants to see. What it
says of a failure is coarse, and of a host inside it shows no answer: whoever may add
endpoints learns nothing about our network from that. The log has the details.
"""

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from random import SystemRandom
from typing import Final

import httpcore
import structlog

from tramita.kit.line import make_call, refuse_within_transaction
from tramita.kit.masking import mask_body
from tramita.kit.outbox import letters as outbox
from tramita.kit.outbox.letters import Sent, Verdict
from tramita.kit.webhooks.reach import Exits, Line, Reach
from tramita.kit.webhooks.retries import SCHEDULE, read_retry_after
from tramita.kit.webhooks.signature import sign

log = structlog.get_logger(__name__)

_MOST_READ = 16 * 1024
_MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Letter(outbox.Letter):
    """What one attempt posts, and where to; the secrets that sign it are never shown."""

    event_id: str
    body: str
    url: str
    secrets: Sequence[str] = field(repr=False)


def _any_chance() -> float:
    return SystemRandom().uniform(-1, 1)


@dataclass
class Courier:
    """One process's way out; the connections are opened when first needed.

    ``deadline`` bounds one attempt, ``reach`` says where to, ``schedule`` is how long to
    wait between them and ``chance`` by how much each wait varies.
    """

    deadline: timedelta = timedelta(seconds=10)
    reach: Reach = field(default_factory=Reach)
    schedule: Sequence[timedelta] = SCHEDULE
    chance: Callable[[], float] = _any_chance
    _pool: httpcore.AsyncConnectionPool | None = None

    async def send(self, letter: Letter) -> Sent:
        """Post once. Never raises for what a receiver does."""
        refuse_within_transaction(f"webhook {letter.event_id}")
        ended = await make_call(_Posting(self, letter), self.deadline)
        heard = ended.result
        return Sent(
            heard.verdict,
            heard.status,
            heard.error,
            mask_body(heard.body)[:_MOST_KEPT] if heard.body and heard.is_shown else "",
            ended.milliseconds,
            read_retry_after(heard.retry_after),
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.aclose()
            self._pool = None

    async def hear(self, letter: Letter, heard: "_Heard") -> None:
        """Post it and note what is heard, or raise whatever the client does."""
        body = letter.body.encode()
        async with self._open().stream(
            "POST", letter.url, headers=_headers(letter, body), content=body
        ) as response:
            # What follows may break off: whoever has said 2xx has taken the event.
            heard.status = response.status
            heard.retry_after = _header(response, b"retry-after")
            line = response.extensions["network_stream"]
            if isinstance(line, Line):
                heard.is_shown = self.reach.shows(line.address)
                line.notice_end(response.status)
            async for chunk in response.aiter_stream():
                heard.body += chunk[: _MOST_READ - len(heard.body)]
                if len(heard.body) == _MOST_READ:
                    break

    def _open(self) -> httpcore.AsyncConnectionPool:
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=ssl.create_default_context(),
                # How many run at once is decided per endpoint, where they are taken.
                max_connections=None,
                keepalive_expiry=3.0,
                network_backend=Exits(self.reach),
            )
        return self._pool


@dataclass(slots=True)
class _Heard:
    """What has been heard of an answer so far."""

    status: int | None = None
    retry_after: str | None = None
    body: bytes = b""
    error: str | None = None
    is_shown: bool = False

    @property
    def verdict(self) -> Verdict:
        """2xx takes the event, 410 is from one that wants nothing any more."""
        if self.status is not None and 200 <= self.status < 300:
            return Verdict.ACCEPTED
        return Verdict.GONE if self.status == 410 else Verdict.AGAIN


@dataclass
class _Posting:
    """One attempt, under way."""

    courier: Courier
    letter: Letter
    heard: _Heard = field(default_factory=_Heard)

    async def make(self) -> _Heard:
        """Post it once."""
        try:
            await self.courier.hear(self.letter, self.heard)
        except _NO_CONNECTION as error:
            _note(self.letter, self.heard, "no connection", error)
        except _BROKEN as error:
            _note(self.letter, self.heard, "the connection broke, or this is not HTTP", error)
        return self.heard

    def cut_off(self, within: str) -> _Heard:
        """The deadline has passed; what was heard until then counts."""
        self.heard.error = f"no whole answer {within}"
        return self.heard


# Certificates that do not fit count as these: nobody learns which ports of a host speak TLS.
_NO_CONNECTION: Final = (httpcore.ConnectError, httpcore.UnsupportedProtocol)
_BROKEN: Final = (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError)


def _note(letter: Letter, heard: _Heard, why: str, error: Exception) -> None:
    log.info(
        "webhook_not_delivered",
        endpoint=str(letter.receiver_id),
        event_id=letter.event_id,
        why=f"{type(error).__name__} {error}".strip(),
    )
    heard.error = why


def _header(response: httpcore.Response, name: bytes) -> str | None:
    found = (value for key, value in response.headers if key.lower() == name)
    return next((value.decode("latin-1") for value in found), None)


def _headers(letter: Letter, body: bytes) -> Mapping[bytes | str, bytes | str]:
    timestamp = int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Tramita/{version('tramita')}",
        "Accept-Encoding": "identity",
        "webhook-id": letter.event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(letter.secrets, letter.event_id, timestamp, body),
        "webhook-attempt": str(letter.number),
    }
