"""The public keys with which a partner's platform signs, as it publishes them (JWKS).

They are fetched when the first token comes, and kept: for a while without a question, and for as
long as the platform does not answer. A token that names a key which is not known has them fetched
again, but not more often than once in a while: anybody can make such tokens.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.identifiers import new_id
from tramita.kit.outside import UNREADABLE

log = structlog.get_logger(__name__)

# Seconds for which keys are believed without a question, and between two questions.
FRESH: Final = 600.0
PAUSE: Final = 10.0
_DEADLINE: Final = timedelta(seconds=5)
_GOOD: Final = 200


@dataclass
class PlatformKeys:
    """The keys at ``url``, in this process. ``clock`` counts seconds."""

    url: str
    clock: Callable[[], float] = time.monotonic
    _keys: KeySet | None = field(default=None, init=False)
    _fetched: float = field(default=0.0, init=False)
    _asked: float | None = field(default=None, init=False)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def find(self, name: str | None) -> KeySet | None:
        """The keys, among which is that of this name if there is one; none while nobody knows any."""
        if self._is_to_ask(name):
            async with self._asking:
                # Whoever waited finds what the first one has fetched.
                if self._is_to_ask(name):
                    await self._fetch()
        return self._keys

    def _is_to_ask(self, name: str | None) -> bool:
        now = self.clock()
        if self._asked is not None and now < self._asked + PAUSE:
            return False
        if self._keys is None or now >= self._fetched + FRESH:
            return True
        return name is not None and name not in {key.kid for key in self._keys.keys}

    async def _fetch(self) -> None:
        self._asked = self.clock()
        parts = urlsplit(self.url)
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        base = f"{parts.scheme}://{parts.netloc}"
        async with Exchange("jwks", base, deadline=_DEADLINE, concurrency=1) as exchange:
            said = await exchange.send(Request("GET", path), Attempt(new_id(), "jwks"))
        keys = _read(said.body) if isinstance(said, Answer) and said.status == _GOOD else None
        if keys is None:
            log.warning("platform_keys_not_fetched", kept=self._keys is not None)
            return
        self._keys, self._fetched = keys, self._asked


def _read(body: bytes) -> KeySet | None:
    try:
        return KeySet.import_key_set(msgspec.json.decode(body))
    except (JoseError, TypeError, AttributeError, KeyError, *UNREADABLE):
        return None
