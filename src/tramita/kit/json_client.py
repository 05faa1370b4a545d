"""A client of a provider that is told JSON by whoever shows a token."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from tramita.kit.access_tokens import TokenSource
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown

_JSON: Final = "application/json"
_UNAUTHORIZED: Final = 401


@dataclass(frozen=True)
class JSONClient:
    """Our access. No business here.

    ``token`` is ours, or the source of those that we are given. Every request carries its
    operation's key as ``key_header``, by which the provider knows a repetition. With a
    source one call may cost four: one that is rejected, a token, one more, and at first
    another token.
    """

    exchange: Exchange
    token: str | TokenSource = field(repr=False)
    key_header: str

    async def call(
        self,
        method: str,
        path: str,
        attempt: Attempt,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | NotSent | Unknown:
        """Send ``body``, if there is one, as JSON; ``headers`` come on top."""
        own = {"accept": _JSON, self.key_header: attempt.key}
        content = b""
        if body is not None:
            own["content-type"] = _JSON
            content = msgspec.json.encode(body)
        return await self.send(Request(method, path, content, own | dict(headers or {})), attempt)

    async def send(self, request: Request, attempt: Attempt) -> Answer | NotSent | Unknown:
        """The same with a request of whatever kind; it gets the token."""
        if isinstance(self.token, str):
            return await self._send(request, self.token, attempt)
        token = await self.token.get(attempt)
        if isinstance(token, NotSent):
            return token
        answer = await self._send(request, token, attempt)
        if not isinstance(answer, Answer) or answer.status != _UNAUTHORIZED:
            return answer
        # Nothing was done for a caller who was not let in: the same request, once more.
        renewed = await self.token.renew(token, attempt)
        if isinstance(renewed, NotSent):
            return renewed
        return await self._send(request, renewed, attempt)

    async def _send(
        self, request: Request, token: str, attempt: Attempt
    ) -> Answer | NotSent | Unknown:
        headers = {**request.headers, "authorization": f"Bearer {token}"}
        return await self.exchange.send(replace(request, headers=headers), attempt)
