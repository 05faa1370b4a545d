"""A caller of Sigan written only from the field notes, to question the simulator.

It shares no code with the provider's client, so that both cannot be wrong together.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from tests.simulation.client import VendorClient

TOKEN = "sigan-demonstration"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON in it; None when it has no body."""
        return msgspec.json.decode(self.raw) if self.raw else None

    @property
    def said(self) -> tuple[int, str]:
        """Status and error code."""
        return self.status, self.body["code"]


@dataclass
class Caller(VendorClient):
    """Asks once, without retries; every request has an id of its own unless one is given."""

    key = "sigan"

    token: str | None = TOKEN
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        request_id: str | None = None,
        seconds: float = 60.0,
    ) -> Reply:
        """Send one request; raise what aiohttp raises when there is no whole answer."""
        headers = {"x-request-id": request_id or f"request-{next(self._ids)}"}
        if self.token is not None:
            headers["authorization"] = f"Bearer {self.token}"
        sent = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        async with self.session.request(
            method,
            f"{self.base_url}/sigan/v1{path}",
            data=sent,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=seconds),
        ) as answer:
            raw = await answer.read()
            got = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, got, raw)

    async def rows(self, subject: str | None = None) -> list[dict[str, Any]]:
        """What the ledger says happened."""
        query = f"?subject={subject}" if subject else ""
        items: list[dict[str, Any]] = (await self.control("GET", f"ledger{query}"))["items"]
        return items

    async def effects(self, subject: str | None = None) -> list[str]:
        """The names of what the ledger says happened."""
        return [row["effect"] for row in await self.rows(subject)]

    async def act(self, action: str, **order: object) -> Any:
        """Have the operator do something."""
        return await self.control("POST", "act", {"actor": "operator", "action": action, **order})

    async def set(self, **conditions: object) -> Any:
        """Change how Sigan behaves."""
        return await self.act("set", **conditions)

    async def fault(self, kind: str, operation: str | None = None, **more: object) -> None:
        """Set a fault; what is no field of an order is an argument."""
        order: dict[str, object] = {"kind": kind, "operation": operation}
        for name in ("count", "nth", "match"):
            if name in more:
                order[name] = more.pop(name)
        set_fault = await self.control("POST", "faults", {**order, "arguments": more})
        assert "id" in set_fault, set_fault

    async def pre_reserve(self, *, request_id: str | None = None, **changes: object) -> Reply:
        """Ask for a hold."""
        return await self.ask("POST", "/pre-reservations", wanted(**changes), request_id=request_id)

    async def hold(
        self, *, request_id: str | None = None, **changes: object
    ) -> tuple[str, list[str]]:
        """Have a hold; its id and its numbers."""
        reply = await self.pre_reserve(request_id=request_id, **changes)
        assert 201 == reply.status, reply
        return reply.body["externalId"], msisdns(reply)

    async def reserve(
        self, external_id: str, msisdn: str, *, request_id: str | None = None
    ) -> Reply:
        """Ask for one number of a hold."""
        path = f"/pre-reservations/{external_id}/reservations"
        return await self.ask("POST", path, {"msisdn": msisdn}, request_id=request_id)

    async def reserved(self, quantity: int = 3) -> tuple[str, str]:
        """Have a reservation; its id and number."""
        external_id, numbers = await self.hold(quantity=quantity)
        reply = await self.reserve(external_id, numbers[0])
        assert 201 == reply.status, reply
        return reply.body["reservationId"], numbers[0]

    async def counts(self, ddd: str = "11") -> dict[str, int]:
        """How many numbers stand where; states without any are left out."""
        counts = (await self.ask("GET", f"/stock/{ddd}")).body["counts"]
        return {state: count for state, count in counts.items() if count}


def wanted(**changes: object) -> dict[str, object]:
    """The body of a valid pre-reservation; a change to None leaves a member out."""
    body = {"ddd": "11", "quantity": 3, "brandId": "vivo", "holdSeconds": 960, **changes}
    return {name: value for name, value in body.items() if value is not None}


def msisdns(reply: Reply) -> list[str]:
    """The numbers in an answer, in their order."""
    return [number["msisdn"] for number in reply.body["numbers"]]
