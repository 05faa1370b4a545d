"""A bakery on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.simulation.bakery import make_bakery
from tests.world import until
from tramita.simulation.server import running_simulators
from tramita.simulation.simulator import Simulator


@dataclass
class Street:
    """The bakery, its address, and a client without retries or patience."""

    bakery: Simulator
    url: str
    session: aiohttp.ClientSession

    async def order(
        self, client: str = "eva", seconds: float = 60.0, *, request_id: str = ""
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

    async def until_struck(self) -> None:
        """Wait until the first fault has struck."""

        async def is_so() -> bool:
            await asyncio.sleep(0)
            return bool(self.bakery.world.faults.all()[0].struck)

        await until(is_so)

    async def until_baked(self) -> None:
        """Wait until the effect of an order is done."""

        async def is_so() -> bool:
            await asyncio.sleep(0)
            return bool(self.baked())

        await until(is_so)

    async def until_posted(self) -> None:
        """Wait until no webhook is due or on its way: what became of each is noted then."""

        async def is_so() -> bool:
            await asyncio.sleep(0)
            return not self.bakery.world.post_office.is_busy

        await until(is_so)

    async def let_go(self) -> None:
        """Take the first fault away; what it holds goes on."""
        assert 204 == (await self.control("DELETE", "faults/1"))[0]

    def baked(self) -> list[str]:
        """For whom the bakery has baked, in order."""
        return [row.subject for row in self.bakery.world.ledger.rows()]


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    """A running bakery, one for each test."""
    bakery = make_bakery()
    async with running_simulators([bakery]) as url, aiohttp.ClientSession() as session:
        yield Street(bakery, url, session)
