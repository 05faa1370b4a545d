"""Whoever writes and sends e-mails, and the mail server that takes them, behind a real socket."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.databases import opened
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.live import Live
from tramita.kit.mail.delivering import send
from tramita.kit.mail.postman import Postman, Where
from tramita.kit.mail.settings import MailSettings
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.orders.mails.kinds import ORDER_VALIDATED
from tramita.simulation.faults import FaultOrder
from tramita.simulation.mailbox.vendor import Mail, Mailbox
from tramita.simulation.settings import SimulatorSettings

ANA = "ana@campus.example"


@dataclass
class PostOffice:
    """One process that writes and sends, without a worker: a test runs the jobs itself."""

    runtime: Runtime
    mailbox: Mailbox

    @property
    def database(self) -> Database:
        return self.runtime.database

    @property
    def taken(self) -> list[Mail]:
        """What the mail server has."""
        return self.mailbox.mails

    def fail(self, kind: str, operation: str, **more: Any) -> None:
        """Have the mail server fail so, once unless ``count`` says otherwise."""
        order = FaultOrder(kind=kind, operation=operation, **more)
        self.mailbox.world.faults.add(order)

    async def write(self, *causes: str, to: str = ANA, language: str = "fr-FR") -> list[UUID]:
        """Write an e-mail for each cause; answers their deliveries, which bear their ids."""
        facts = ORDER_VALIDATED.examples["usual"]
        subject = new_id()
        async with self.database.unit_of_work(actor="test") as work:
            await write_mails(
                work,
                [NewMail(ORDER_VALIDATED, cause, subject, to, language, facts) for cause in causes],
            )
        rows = await self.fetch("SELECT id FROM mails WHERE subject_id = $1 ORDER BY id", subject)
        return [row["id"] for row in rows]

    async def send(self, *deliveries: UUID) -> None:
        """Run the jobs of these at the same time."""
        await asyncio.gather(*(send(self.runtime, one) for one in deliveries))

    async def send_when_due(self, *deliveries: UUID) -> None:
        """Let the time of their next attempts come, and run their jobs."""
        await self.fetch(
            "UPDATE mail_deliveries SET next_attempt_at = now() "
            "WHERE id = ANY($1::uuid[]) AND state = 'waiting'",
            list(deliveries),
        )
        await self.send(*deliveries)

    async def states(self) -> list[str]:
        """The states of all e-mails, oldest first."""
        rows = await self.fetch("SELECT state FROM mail_deliveries ORDER BY id")
        return [row["state"] for row in rows]

    async def last_attempt(self) -> Any:
        """The latest attempt of all."""
        [row] = await self.fetch("SELECT * FROM mail_attempts ORDER BY started_at DESC LIMIT 1")
        return row

    def is_at(self, operation: str) -> Callable[[], Awaitable[bool]]:
        """Whether this is what the mail server was asked for last."""

        async def is_so() -> bool:
            entries = self.mailbox.world.journal.entries()
            return bool(entries) and entries[-1].operation == operation

        return is_so

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Run one statement."""
        async with self.database.unit_of_work(actor="test") as work:
            return list(await work.fetch(query, *arguments))


def office_at(database: Database, port: int, **settings: Any) -> Runtime:
    """A process whose mail server is on a port of this machine."""
    runtime = Runtime(Settings(), database, Live(database.connect))
    runtime.mails[ORDER_VALIDATED.key] = ORDER_VALIDATED

    async def find() -> Where:
        return ("127.0.0.1", port)

    own = MailSettings.model_construct(**{**MailSettings().model_dump(), **settings})
    runtime.configure(own)
    runtime.postman = Postman(own, find, chance=lambda: 0.0)
    return runtime


@asynccontextmanager
async def running_post_office(database: Database, **settings: Any) -> AsyncIterator[PostOffice]:
    """A post office on a database, with a mail server of its own."""
    mailbox = Mailbox(SimulatorSettings(Path("unused")))
    async with mailbox.server.running():
        runtime = office_at(database, mailbox.server.port, **settings)
        try:
            yield PostOffice(runtime, mailbox)
        finally:
            await runtime.webhooks.close()


def hours(waits: list[timedelta]) -> float:
    """How long these are together."""
    return sum(waits, timedelta()).total_seconds() / 3600


async def main(dsn: str, port: int, delivery: UUID) -> None:
    """Send one e-mail in a process of its own, which may be killed."""
    async with opened(dsn) as database:
        await send(office_at(database, port), delivery)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), UUID(sys.argv[3])))
