"""Sigan's protocol: who calls, and under which request id. No business here."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown


@dataclass(frozen=True)
class SiganClient:
    """One carrier's access."""

    exchange: Exchange
    token: str

    async def call(
        self,
        method: str,
        path: str,
        *,
        attempt: Attempt,
        body: Mapping[str, object] | None = None,
    ) -> Answer | NotSent | Unknown:
        """Send ``body`` as JSON under the attempt's key, by which Sigan knows a repetition."""
        headers = {
            "accept": "application/json",
            "authorization": f"Bearer {self.token}",
            "x-request-id": attempt.key,
        }
        content = b""
        if body is not None:
            headers["content-type"] = "application/json"
            content = msgspec.json.encode(body)
        return await self.exchange.send(Request(method, path, content, headers), attempt)
