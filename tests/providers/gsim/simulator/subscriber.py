"""A client of GSIM written only from the notes, to question the simulator.

It shares no code with the provider's client, so that both cannot be wrong together.
"""

import hashlib
import hmac
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgspec

from tests.simulation.client import VendorClient
from tests.simulation.receiver import Received
from tramita.simulation.simulator import Simulator

NUMBER, OTHER_NUMBER = "5511912345678", "5521987650000"
_SECRET = b"gsim-callbacks-demonstration"
_REQUEST_IDS = count(1)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return msgspec.json.decode(self.raw)

    @property
    def error(self) -> tuple[int, str]:
        """Status and code of a refusal, whose envelope must be whole."""
        assert {"code", "message", "requestId"} == set(self.body)
        assert self.headers["x-request-id"] == self.body["requestId"]
        return self.status, self.body["code"]


@dataclass
class Subscriber(VendorClient):
    """Asks, uses the control plane and reads the ledger."""

    key = "gsim"

    simulator: Simulator
    token: str = "gsim-demonstration"

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        request_id: str = "",
        if_none_match: str = "",
    ) -> Reply:
        """Send one request, by default under an id of its own."""
        headers = {
            "authorization": f"Bearer {self.token}",
            "x-request-id": request_id or f"request-{next(_REQUEST_IDS)}",
            "content-type": "application/json",
        }
        if if_none_match:
            headers["if-none-match"] = if_none_match
        sent = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        url = f"{self.base_url}/gsim/v1/{path}"
        async with self.session.request(method, url, data=sent, headers=headers) as answer:
            raw = await answer.read()
            got = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, got, raw)

    async def assign(self, iccid: str, msisdn: str = NUMBER, *, request_id: str = "") -> Reply:
        """Put a number on a SIM card."""
        body = {"msisdn": msisdn}
        return await self.ask("POST", f"sims/{iccid}/assignments", body, request_id=request_id)

    async def release(self, iccid: str, *, request_id: str = "") -> Reply:
        """Take the number off a SIM card."""
        return await self.ask("DELETE", f"sims/{iccid}/assignments", request_id=request_id)

    async def state(self, iccid: str) -> str:
        """What GSIM says of a SIM card."""
        return str((await self.ask("GET", f"sims/{iccid}")).body["state"])

    async def check(self, **question: str) -> Reply:
        """Ask whether something takes an eSIM."""
        return await self.ask("POST", "esim/compatibility", question)

    async def act(self, action: str, **order: object) -> Any:
        """Have the operator act."""
        return await self.control("POST", "act", {"actor": "operator", "action": action, **order})

    async def fail(self, operation: str, kind: str, **arguments: object) -> None:
        """Set a fault."""
        order = {"operation": operation, "kind": kind, "arguments": arguments}
        assert "id" in await self.control("POST", "faults", order)

    async def sim(self) -> str:
        """The next SIM card in stock."""
        return str((await self.act("sims", count=1))["sims"][0])

    def effects(self, iccid: str | None = None) -> list[str]:
        """What the ledger says happened."""
        return [row.effect for row in self.simulator.world.ledger.rows(subject=iccid)]


def is_authentic(received: Received) -> bool:
    """Whether GSIM signed a callback."""
    expected = hmac.new(_SECRET, received.body, hashlib.sha256).hexdigest()
    return received.headers["x-gsim-signature"] == f"sha256={expected}"
