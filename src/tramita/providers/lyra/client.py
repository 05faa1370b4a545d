"""How Lyra is spoken to: one POST per call, under the shop's number and password."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown


@dataclass(frozen=True)
class LyraClient:
    """Our access. No business here."""

    exchange: Exchange
    username: str
    password: str = field(repr=False)

    async def call(
        self, web_service: str, body: Mapping[str, object], attempt: Attempt
    ) -> Answer | NotSent | Unknown:
        """Call one of Lyra's web services, such as ``Charge/CreatePayment``."""
        known_as = b64encode(f"{self.username}:{self.password}".encode()).decode()
        headers = {"authorization": f"Basic {known_as}", "content-type": "application/json"}
        path = f"/api-payment/V4/{web_service}"
        return await self.exchange.send(
            Request("POST", path, msgspec.json.encode(body), headers), attempt
        )
