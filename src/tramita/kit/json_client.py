"""A client of a provider that is told JSON by whoever shows a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown

_JSON: Final = "application/json"


@dataclass(frozen=True)
class JSONClient:
    """Our access. No business here.

    Every request carries its operation's key as ``key_header``, by which the provider
    knows a repetition.
    """

    exchange: Exchange
    token: str
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
        own = {"accept": _JSON, "authorization": f"Bearer {self.token}"}
        own[self.key_header] = attempt.key
        content = b""
        if body is not None:
            own["content-type"] = _JSON
            content = msgspec.json.encode(body)
        request = Request(method, path, content, own | dict(headers or {}))
        return await self.exchange.send(request, attempt)
