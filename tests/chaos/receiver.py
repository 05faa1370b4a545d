"""A lender's system that takes our events, and refuses a few of them at first."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

# One in so many events is refused once, and comes again after five seconds.
_REFUSED: Final = 12


@dataclass
class Receiver:
    """What was heard: bodies by event, and those that were taken."""

    url: str
    secret: str = ""
    bodies: dict[str, bytes] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)
    attempts: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Take one event, or ask for it again."""
        body, event = await request.read(), request.headers["webhook-id"]
        self.attempts += 1
        if not self._is_genuine(request, body):
            self.findings.append(f"event {event} is not signed by the secret of its endpoint")
        if self.bodies.setdefault(event, body) != body:
            self.findings.append(f"event {event} came with another body than before")
        is_first = request.headers["webhook-attempt"] == "1"
        if is_first and int(hashlib.sha256(event.encode()).hexdigest(), 16) % _REFUSED == 0:
            return web.Response(status=503)
        self.taken.add(event)
        return web.Response(status=204)

    def _is_genuine(self, request: web.Request, body: bytes) -> bool:
        """Whether it is signed as the standard says; nothing of ours is used for it."""
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        stamp = request.headers["webhook-timestamp"]
        signed = f"{request.headers['webhook-id']}.{stamp}.".encode() + body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{wanted}" in request.headers["webhook-signature"].split(" ")


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own until the block ends."""
    receiver = Receiver("")
    app = web.Application()
    app.router.add_post("/hook", receiver.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        receiver.url = f"http://{host}:{port}/hook"
        yield receiver
    finally:
        await runner.cleanup()
