"""GSIM's protocol: who we are, which request this is, and JSON. No business here."""

from dataclasses import dataclass

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown


@dataclass(frozen=True)
class GSIMClient:
    """Our access to GSIM. Every request carries its operation's key as ``X-Request-Id``."""

    exchange: Exchange
    token: str

    async def get(
        self, path: str, attempt: Attempt, *, known: str | None = None
    ) -> Answer | NotSent | Unknown:
        """Read; with a ``known`` tag the answer may be 304."""
        tag = {} if known is None else {"if-none-match": known}
        return await self._send(Request("GET", path, headers=self._headers(attempt) | tag), attempt)

    async def post(self, path: str, body: object, attempt: Attempt) -> Answer | NotSent | Unknown:
        """Send ``body`` as JSON."""
        headers = self._headers(attempt) | {"content-type": "application/json"}
        return await self._send(Request("POST", path, msgspec.json.encode(body), headers), attempt)

    async def delete(self, path: str, attempt: Attempt) -> Answer | NotSent | Unknown:
        """Delete; GSIM answers what it has accepted."""
        return await self._send(Request("DELETE", path, headers=self._headers(attempt)), attempt)

    async def _send(self, request: Request, attempt: Attempt) -> Answer | NotSent | Unknown:
        return await self.exchange.send(request, attempt)

    def _headers(self, attempt: Attempt) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "x-request-id": attempt.key}
