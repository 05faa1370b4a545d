"""Access tokens: fetched when first needed, kept while they are valid, shared by all callers.

Many calls that need one at the same moment wait for one fetch. Without a token nothing was
sent, whatever became of the fetch. A call that a provider rejects was not done: the token
is renewed and the call sent again, once; who rejects the new one too rejects us.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, NotSent, Outcome, Refused

log = structlog.get_logger(__name__)

# What a call with a token may take: the first token, the call, a new token, the call again.
REQUESTS: Final = 4
# No token is shown that may expire on its way.
_MARGIN: Final = timedelta(seconds=30)
_AFTER_A_REFUSAL: Final = timedelta(minutes=1)
_AFTER_A_FAILURE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a provider gives for our credentials."""

    value: str = field(repr=False)
    valid_for: timedelta


# One call to the provider, journalled on the attempt that needs the token first.
Fetch: TypeAlias = Callable[[Attempt], Awaitable[Outcome[AccessToken]]]


@dataclass
class TokenSource:
    """This process's token for ``provider``. ``clock`` counts seconds."""

    provider: str
    fetch: Fetch
    clock: Callable[[], float] = time.monotonic
    _value: str | None = field(default=None, init=False, repr=False)
    _until: float = field(default=0.0, init=False)
    _fetching: asyncio.Task[str | NotSent] | None = field(default=None, init=False)

    async def get(self, attempt: Attempt) -> str | NotSent:
        """A token that is valid by the clock, or why nothing can be sent."""
        if self._value is not None and self.clock() < self._until:
            return self._value
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch(attempt))
        # Whoever waits may be cancelled; the others still want it.
        return await asyncio.shield(self._fetching)

    async def renew(self, rejected: str, attempt: Attempt) -> str | NotSent:
        """Another than the one that the provider rejected, which somebody may have fetched already."""
        if self._value == rejected:
            self._value = None
        return await self.get(attempt)

    async def _fetch(self, attempt: Attempt) -> str | NotSent:
        began = self.clock()
        try:
            outcome = await self.fetch(attempt)
        finally:
            self._fetching = None
        match outcome:
            case Done(token):
                self._value = token.value
                lasts = max(token.valid_for - _MARGIN, token.valid_for / 2)
                self._until = began + lasts.total_seconds()
                return token.value
            case NotSent():
                return outcome
            case Refused(reason=reason):
                log.error("provider_rejects_credentials", provider=self.provider, why=reason)
                return NotSent(f"{self.provider} gives no access token: {reason}", _AFTER_A_REFUSAL)
            case _:
                # Perhaps it gave one, which nobody will ever show.
                return NotSent(f"no access token of {self.provider}'s came", _AFTER_A_FAILURE)
