"""The courier: posts one body to one endpoint, once, and says what came of it.

It follows no redirect (an endpoint says itself where it is), keeps no cookies, waits no
longer than its deadline and reads no more of an answer than a person wants to see.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from random import SystemRandom
from uuid import UUID

import aiohttp

from tramita.kit.database.work import open_work
from tramita.kit.exchange import TransactionOpen
from tramita.kit.masking import mask_body, mask_text
from tramita.kit.webhooks.retries import SCHEDULE, read_retry_after
from tramita.kit.webhooks.signature import sign

_MOST_READ = 16 * 1024
_MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Letter:
    """What one attempt sends, and where to; the secrets that sign it are never shown."""

    delivery_id: UUID
    endpoint_id: UUID
    number: int
    tries: int
    event_id: str
    body: str
    url: str
    secrets: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one attempt; ``answer`` and ``error`` are masked."""

    status: int | None
    error: str | None
    answer: str
    milliseconds: int
    retry_after: timedelta | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that it wants nothing any more."""
        return self.status == 410


def _any_chance() -> float:
    return SystemRandom().uniform(-1, 1)


@dataclass
class Courier:
    """One process's way out; the connections are opened when first needed.

    ``deadline`` bounds one attempt, ``schedule`` is how long to wait between them and
    ``chance`` by how much each wait varies.
    """

    deadline: timedelta = timedelta(seconds=10)
    schedule: Sequence[timedelta] = SCHEDULE
    chance: Callable[[], float] = _any_chance
    _session: aiohttp.ClientSession | None = None

    async def post(self, letter: Letter) -> Posted:
        """Post once. Never raises for what a receiver does."""
        work = open_work.get()
        if work is not None and work.is_open:
            raise TransactionOpen(f"webhook {letter.event_id}")
        began = time.monotonic()
        heard = _Heard()
        try:
            async with asyncio.timeout(self.deadline.total_seconds()):
                await self._post(letter, heard)
        except TimeoutError:
            heard.error = f"no whole answer within {self.deadline.total_seconds():g} s"
        except (aiohttp.ClientError, OSError) as error:
            heard.error = mask_text(f"{type(error).__name__} {error}".strip())
        return Posted(
            heard.status,
            heard.error,
            mask_body(heard.body)[:_MOST_KEPT] if heard.body else "",
            round((time.monotonic() - began) * 1000),
            read_retry_after(heard.retry_after),
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, letter: Letter, heard: "_Heard") -> None:
        body = letter.body.encode()
        async with self._open().post(
            letter.url, data=body, headers=_headers(letter, body), allow_redirects=False
        ) as response:
            # What follows may break off: whoever has said 2xx has taken the event.
            heard.status = response.status
            heard.retry_after = response.headers.get("Retry-After")
            while room := _MOST_READ - len(heard.body):
                chunk = await response.content.read(room)
                if not chunk:
                    break
                heard.body += chunk

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # How many run at once is decided per endpoint, where they are taken.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3.0),
                timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


@dataclass(slots=True)
class _Heard:
    """What has been heard of an answer so far."""

    status: int | None = None
    retry_after: str | None = None
    body: bytes = b""
    error: str | None = None


def _headers(letter: Letter, body: bytes) -> dict[str, str]:
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
