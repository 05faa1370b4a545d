"""A bakery on a real socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.simulation.bakery import make_bakery
from tramita.simulation.server import running_simulators
from tramita.simulation.simulator import Simulator


@dataclass
class Street:
    """The bakery, its address, and a client without retries or patience."""

    bakery: Simulator
    url: str
    session: aiohttp.ClientSession

    async def order(
        self, client: str = "eva", seconds: float = 5.0, *, request_id: str = ""
    ) -> tuple[int, bytes, Any]:
        """Order a loaf; returns status, body and headers."""
        async with self.session.post(
            f"{self.url}/bakery/loaves",
            json={"client": client},
            headers={"x-request-id": request_id} if request_id else {},
            timeout=aiohttp.ClientTimeout(total=seconds),
        ) as answer:
            return answer.status, await answer.read(), answer.headers

    async def control(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Use the control plane; returns status and document."""
        sent = None if body is None else msgspec.json.encode(body)
        url = f"{self.url}/bakery/__sim/{path}"
        async with self.session.request(method, url, data=sent) as answer:
            raw = await answer.read()
            return answer.status, msgspec.json.decode(raw) if raw else None

    def baked(self) -> list[str]:
        """For whom the bakery has baked, in order."""
        return [row.subject for row in self.bakery.world.ledger.rows()]


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    """A running bakery, one for each test."""
    bakery = make_bakery()
    async with running_simulators([bakery]) as url, aiohttp.ClientSession() as session:
        yield Street(bakery, url, session)
