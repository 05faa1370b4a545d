"""Somebody who subscribes to a vendor's webhooks: a real server that keeps what comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web


@dataclass(frozen=True)
class Received:
    """One delivery as it came in; header names are in lower case."""

    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The JSON in it."""
        return msgspec.json.decode(self.body)


@dataclass
class Receiver:
    """Answers with ``statuses`` first, one for each delivery, and 204 afterwards.

    Every answer has these ``headers`` and this ``body``. While it ``is_silent``, it answers only when it may ``speak``.
    """

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_silent: bool = False
    speak: asyncio.Event = field(default_factory=asyncio.Event)
    _arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, request: web.Request) -> web.Response:
        """Keep one delivery and answer as told."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        async with self._arrival:
            self.received.append(Received(headers, body))
            self._arrival.notify_all()
        if self.is_silent:
            await self.speak.wait()
        status = self.statuses.pop(0) if self.statuses else 204
        location = {"location": self.url} if status == 302 else {}
        status = 200 if self.body and status == 204 else status
        return web.Response(status=status, headers=location | self.headers, body=self.body)

    async def until(self, count: int, *, deadline: float = 60) -> list[Received]:
        """Wait for so many deliveries in all; answers them."""
        async with asyncio.timeout(deadline), self._arrival:
            await self._arrival.wait_for(lambda: len(self.received) >= count)
        return self.received


@asynccontextmanager
async def running_receiver(path: str = "/hooks/bakery") -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post(path, receiver.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
        yield receiver
    finally:
        await runner.cleanup()
