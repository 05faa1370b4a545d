"""The unit of work: one transaction, and what leaves with it.

A use case opens one, loads, decides and saves. Jobs to enqueue and messages to
publish are collected and written just before the commit, in the same transaction:
they exist exactly when, and only if, the change does.
"""

from collections.abc import Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import asyncpg
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tramita.kit.jobs import Job, QueuedJob, write_jobs

# Whether a transaction is open in this task. The exchange refuses to call a
# provider while one is: a slow bank must never hold our rows.
open_work: ContextVar["UnitOfWork | None"] = ContextVar("open_work", default=None)

LIVE_CHANNEL = "tramita_live"


@dataclass
class UnitOfWork:
    """One transaction on behalf of ``actor``; ``cause`` says why, for the history.

    Contract backends see this object too. Public for them: ``actor``, ``cause``,
    ``add``, ``enqueue``, ``publish``.
    """

    session: AsyncSession
    actor: str = "system"
    cause: str | None = None
    _jobs: list[QueuedJob] = field(default_factory=list)
    _messages: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    _connection: asyncpg.Connection | None = None
    _token: Token["UnitOfWork | None"] | None = None

    @property
    def is_open(self) -> bool:
        """Whether its block has begun and not ended."""
        return self._token is not None

    def add(self, *rows: object) -> None:
        """Save new rows with this unit of work."""
        self.session.add_all(rows)

    def enqueue(
        self,
        job: "Job[Any] | str",
        *,
        delay: timedelta | None = None,
        key: str | None = None,
        **arguments: object,
    ) -> None:
        """Enqueue ``job`` with this unit of work; arguments must be JSON-able."""
        name = job if isinstance(job, str) else job.name
        self._jobs.append(QueuedJob(name, arguments, delay, key))

    def publish(self, topic: str, message: dict[str, object]) -> None:
        """Send ``message`` to whoever listens to ``topic`` when this commits.

        Keep it far below NOTIFY's 8,000 bytes; equal messages collapse into one.
        """
        self._messages.append((topic, message))

    async def connection(self) -> asyncpg.Connection:
        """The session's own asyncpg connection, for set-based statements on hot paths.

        It is inside this unit of work's transaction: SQLAlchemy begins one with its
        first statement, so one is issued here where none was yet.
        """
        if self._connection is None:
            alchemy = await self.session.connection()
            raw = await alchemy.get_raw_connection()
            connection: asyncpg.Connection = raw.driver_connection
            if not connection.is_in_transaction():
                await alchemy.exec_driver_sql("SELECT 1")
            self._connection = connection
        return self._connection

    async def fetch(self, query: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """Run one statement on bare asyncpg (``$1`` placeholders) and return its rows."""
        connection = await self.connection()
        rows: Sequence[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows

    async def now(self) -> datetime:
        """The platform's time, the same for the whole unit of work."""
        rows = await self.fetch("SELECT tramita_now() AS now")
        now: datetime = rows[0]["now"]
        return now

    async def __aenter__(self) -> Self:
        """Begin. Nothing is sent to the database yet."""
        self._token = open_work.set(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit with jobs and messages, or roll back when the block raised."""
        try:
            if kind is None:
                await self._commit()
        finally:
            self._connection = None
            try:
                await self.session.close()
            finally:
                if self._token is not None:
                    open_work.reset(self._token)
                    self._token = None

    async def _commit(self) -> None:
        await self.session.flush()
        if self._jobs:
            await write_jobs(await self.connection(), self._jobs)
        if self._messages:
            await self.fetch(
                "SELECT pg_notify($1, message) FROM unnest($2::text[]) AS message",
                LIVE_CHANNEL,
                [
                    msgspec.json.encode({"topic": topic, "message": message}).decode()
                    for topic, message in self._messages
                ],
            )
        await self.session.commit()
