"""A lender's system for tests, behind a real socket, and a process that delivers to it."""

import asyncio
import base64
import hashlib
import hmac
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import web

from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.webhooks.delivering import deliver
from tramita.kit.webhooks.emission import NewEvent, emit, emit_many
from tramita.kit.webhooks.endpoints import Rules, create_endpoint, rotate_secret
from tramita.kit.webhooks.reach import Reach
from tramita.kit.webhooks.types import EventType

CHANGED = EventType("thing.changed", "A thing changed.")
ENDED = EventType("thing.ended", "A thing ended.")
RULES = Rules(frozenset({CHANGED.name, ENDED.name}), Reach(is_demo=True))


@dataclass(frozen=True)
class Heard:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes

    def is_signed_by(self, key: str) -> bool:
        """Whether one of its signatures is right; written from the specification alone."""
        raw = base64.b64decode(key.split("_", 1)[1])
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
        digest = hmac.new(raw, signed + self.body, hashlib.sha256).digest()
        wanted = "v1," + base64.b64encode(digest).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Answers with the next of ``answers``, then 200; or not at all while ``gate`` is closed.

    One that ``trickles`` says 200 and never ends its answer.
    """

    url: str = ""
    answers: list[web.Response] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    trickles: bool = False
    under_way: int = 0
    most_under_way: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take one event."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append(Heard(headers, await request.read()))
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        async with self.arrived:
            self.arrived.notify_all()
        try:
            await self.gate.wait()
        finally:
            self.under_way -= 1
        if self.trickles:
            endless = web.StreamResponse()
            await endless.prepare(request)
            await asyncio.Event().wait()
        return self.answers.pop(0) if self.answers else web.Response(text="thanks")

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until arrivals make it so."""
        async with asyncio.timeout(120), self.arrived:
            await self.arrived.wait_for(is_so)


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own until the block ends."""
    receiver = Receiver()
    receiver.gate.set()
    app = web.Application()
    app.router.add_post("/hook", receiver.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        receiver.gate.set()
        await runner.cleanup()


@dataclass
class Office:
    """One process that emits and delivers, without a worker: a test runs the jobs itself."""

    runtime: Runtime

    @property
    def database(self) -> Database:
        return self.runtime.database

    async def add_endpoint(self, url: str, types: list[str] | None = None) -> tuple[UUID, str]:
        """An endpoint for ``url``; answers its id and secret."""
        values = {"url": url, "description": "", "event_types": types}
        async with self.database.unit_of_work(actor="test") as work:
            made = await create_endpoint(work, values, rules=RULES)
            return made.id, made.secret

    async def rotate(self, endpoint: UUID) -> str:
        """Give an endpoint a new secret; answers that."""
        async with self.database.unit_of_work(actor="test") as work:
            return (await rotate_secret(work, endpoint)).secret

    async def emit(self, kind: EventType = CHANGED, **data: Any) -> list[UUID]:
        """Emit one event; answers its deliveries."""
        subject = new_id()
        async with self.database.unit_of_work(actor="test") as work:
            await emit(work, kind, subject, data)
        return await self.deliveries_of(subject)

    async def emit_times(self, times: int) -> list[UUID]:
        """Emit so many events at once; answers their deliveries."""
        subject = new_id()
        events = [NewEvent(CHANGED, subject, {"n": n}) for n in range(times)]
        async with self.database.unit_of_work(actor="test") as work:
            await emit_many(work, events)
        return await self.deliveries_of(subject)

    async def deliveries_of(self, subject: UUID) -> list[UUID]:
        """Deliveries of a subject's events, oldest first."""
        rows = await self.fetch(
            "SELECT d.id FROM webhook_deliveries AS d JOIN webhook_events AS e "
            "ON e.id = d.event_id WHERE e.subject_id = $1 ORDER BY d.id",
            subject,
        )
        return [row["id"] for row in rows]

    async def deliver(self, *deliveries: UUID) -> None:
        """Run the jobs of these deliveries at the same time."""
        await asyncio.gather(*(deliver(self.runtime, one) for one in deliveries))

    async def deliver_when_due(self, delivery: UUID) -> None:
        """Let the time of the next attempt come, and run its job."""
        await self.fetch(
            "UPDATE webhook_deliveries SET next_attempt_at = now() "
            "WHERE id = $1 AND state = 'waiting'",
            delivery,
        )
        await self.deliver(delivery)

    async def states(self) -> list[str]:
        """The states of all deliveries, oldest first."""
        rows = await self.fetch("SELECT state FROM webhook_deliveries ORDER BY id")
        return [row["state"] for row in rows]

    async def one(self, query: str, *arguments: object) -> Any:
        """The only value of the only row of a query."""
        [row] = await self.fetch(query, *arguments)
        return row[0]

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Run one statement."""
        async with self.database.unit_of_work(actor="test") as work:
            return list(await work.fetch(query, *arguments))


@asynccontextmanager
async def running_office(database: Database) -> AsyncIterator[Office]:
    """An office on a database, closed with the block."""
    runtime = Runtime(Settings(), database, Live(database.connect))
    try:
        yield Office(runtime)
    finally:
        await runtime.webhooks.close()


async def main(dsn: str, delivery: UUID) -> None:
    """Deliver one delivery in a process of its own, which may be killed."""
    async with running_office(Database.open(dsn)) as office:
        await office.deliver(delivery)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], UUID(sys.argv[2])))
