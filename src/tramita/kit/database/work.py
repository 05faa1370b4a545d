"""The unit of work: one transaction, and what leaves with it.

A use case opens one, loads, decides and saves. Jobs to enqueue and messages to
publish are collected and written just before the commit, in the same transaction:
they exist exactly when, and only if, the change does.

Whoever only reads needs no transaction (``Database.reading``): each statement sees what is
committed when it begins, with or without one.

The transaction is the driver's own. The engine leaves its connections in autocommit, and
so a mapped row, saved by SQLAlchemy on the same connection, is part of it.
"""

from collections.abc import Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import asyncpg
import msgspec
from msgspec import convert
from pydantic_settings import BaseSettings
from sqlalchemy.ext.asyncio import AsyncSession

from tramita.kit.bounds import EVERYTHING, Bounds
from tramita.kit.configured import Configured
from tramita.kit.database.owned import BOUNDS, Owned
from tramita.kit.database.pool import Pool, Pooled
from tramita.kit.encryption.keys import Keyring
from tramita.kit.jobs import Job, QueuedJob, write_jobs
from tramita.kit.transient import spoils_its_connection

# Whether a transaction is open in this task. The exchange refuses to call a
# provider while one is: a slow bank must never hold our rows.
open_work: ContextVar["UnitOfWork | None"] = ContextVar("open_work", default=None)

T = TypeVar("T")
S = TypeVar("S", bound=BaseSettings)

LIVE_CHANNEL = "tramita_live"

_BEGIN: Final = "BEGIN"
_BEGIN_PLANNED_ONCE: Final = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan"


def to_dicts(rows: Sequence[asyncpg.Record]) -> list[dict[str, Any]]:
    """Rows as ``msgspec`` reads them best: asyncpg's own mapping takes it four times as long."""
    names = tuple(rows[0].keys()) if rows else ()
    return [dict(zip(names, row, strict=True)) for row in rows]


class NotOpen(RuntimeError):
    """A unit of work is used outside its block."""


class NotCommitted(RuntimeError):
    """An error of the database was caught within the unit of work: nothing of it stands."""


class OnlyReading(RuntimeError):
    """Something is to be sent with what only reads."""


@dataclass
class UnitOfWork:
    """One transaction on behalf of ``actor``; ``cause`` says why, for the history.

    ``note`` is what a person says of it, in their own words, which the history keeps encrypted.

    ``bounds`` are those of whoever it is for, ``keys`` encrypt what is kept of people. Contract
    backends see this object too. Public for them: ``actor``, ``cause``, ``bounds``, ``add``,
    ``enqueue``, ``publish``. ``is_reading``: it changes nothing, and begins no transaction.
    ``settings`` are the process's own of areas; see ``configured``. ``is_planned_once``: PostgreSQL
    plans its statements once for each connection, and not anew for each set of rows. That is for
    what finds rows by their keys, whichever and however many they are (decision 0059).
    """

    pool: Pool
    keys: Keyring
    actor: str = "system"
    cause: str | None = None
    note: str | None = None
    bounds: Bounds = EVERYTHING
    is_reading: bool = False
    is_planned_once: bool = False
    settings: Configured = field(default_factory=Configured)
    _jobs: list[QueuedJob] = field(default_factory=list)
    _messages: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    _session: AsyncSession | None = None
    _open: "_Open | None" = None

    @property
    def is_open(self) -> bool:
        """Whether its block has begun and not ended."""
        return self._open is not None

    @property
    def session(self) -> AsyncSession:
        """Mapped rows within this unit of work."""
        if self._session is None:
            self._session = AsyncSession(
                self._opened.pooled.alchemy, expire_on_commit=False, info={BOUNDS: self.bounds}
            )
        return self._session

    @property
    def connection(self) -> asyncpg.Connection:
        """The driver's connection, in this unit of work's transaction."""
        return self._opened.pooled.driver

    @property
    def _opened(self) -> "_Open":
        if self._open is None:
            raise NotOpen
        return self._open

    def configured(self, kind: type[S]) -> S:
        """An area's own settings, as this process has them."""
        return self.settings.get(kind)

    def add(self, *rows: object) -> None:
        """Save new rows with this unit of work; those that have an owner belong to its caller."""
        for row in rows:
            if isinstance(row, Owned):
                row.tenant, row.carrier = self.bounds.tenant, self.bounds.carrier
        self.session.add_all(rows)

    def enqueue(
        self,
        job: "Job[Any] | str",
        *,
        delay: timedelta | None = None,
        key: str | None = None,
        is_sweep: bool = False,
        **arguments: object,
    ) -> None:
        """Enqueue ``job`` with this unit of work; arguments must be JSON-able.

        ``is_sweep``: only unless a job like it is held, for whoever looks for lost ones.
        """
        name = job if isinstance(job, str) else job.name
        self._jobs.append(QueuedJob(name, arguments, delay, key, is_sweep))

    def publish(self, topic: str, message: dict[str, object]) -> None:
        """Send ``message`` to whoever listens to ``topic`` when this commits.

        Keep it far below NOTIFY's 8,000 bytes; equal messages collapse into one.
        """
        self._messages.append((topic, message))

    async def fetch(self, query: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """Run one statement on bare asyncpg (``$1`` placeholders) and return its rows."""
        rows: Sequence[asyncpg.Record] = await self.connection.fetch(query, *arguments)
        return rows

    async def read(self, kind: type[T], query: str, *arguments: object) -> list[T]:
        """The same, with each row as a struct of this kind, by the names of its columns."""
        return [convert(row, kind) for row in to_dicts(await self.fetch(query, *arguments))]

    async def now(self) -> datetime:
        """The platform's time, the same for the whole unit of work."""
        rows = await self.fetch("SELECT tramita_now() AS now")
        now: datetime = rows[0]["now"]
        return now

    async def __aenter__(self) -> Self:
        """Take a connection and begin."""
        self._open = await _Open.begin(self.pool, self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit with jobs and messages, or roll back when the block raised."""
        is_good = False
        try:
            if kind is None:
                await self._write()
                is_good = True
        except BaseException as its_own:
            error = its_own
            raise
        finally:
            opened, self._open = self._opened, None
            if error is not None and spoils_its_connection(error):
                opened.pooled.driver.terminate()
            try:
                await opened.end(is_good=is_good)
            finally:
                await self._give_back(opened)

    async def _write(self) -> None:
        if self.is_reading and (self._jobs or self._messages):
            raise OnlyReading
        if self._session is not None:
            await self._session.flush()
        if self._jobs:
            await write_jobs(self.connection, self._jobs)
        if self._messages:
            await self.fetch(
                "SELECT pg_notify($1, message) FROM unnest($2::text[]) AS message",
                LIVE_CHANNEL,
                [
                    msgspec.json.encode({"topic": topic, "message": message}).decode()
                    for topic, message in self._messages
                ],
            )

    async def _give_back(self, opened: "_Open") -> None:
        session, self._session = self._session, None
        try:
            if session is not None:
                await session.close()
        finally:
            self.pool.give_back(opened.pooled)


@dataclass(frozen=True, slots=True)
class _Open:
    """A unit of work's connection while its transaction is open."""

    pooled: Pooled
    is_reading: bool
    token: "Token[UnitOfWork | None]"

    @classmethod
    async def begin(cls, pool: Pool, work: UnitOfWork) -> Self:
        pooled = await pool.take()
        if not work.is_reading:
            try:
                await pooled.driver.execute(_BEGIN_PLANNED_ONCE if work.is_planned_once else _BEGIN)
            except BaseException:
                pooled.driver.terminate()
                pool.give_back(pooled)
                raise
        return cls(pooled, work.is_reading, open_work.set(work))

    async def end(self, *, is_good: bool) -> None:
        """Commit or roll back.

        A connection on which that failed, or was interrupted, ends: nobody gets it with
        somebody else's transaction, and with it the server ends that. Raises ``NotCommitted`` where
        a statement had failed and went unnoticed: the server rolls back then, and calls it no error.
        """
        open_work.reset(self.token)
        if self.is_reading:
            return
        if not is_good and self.pooled.driver.is_closed():
            return  # The server has rolled back by itself.
        try:
            # Not by the driver's own transaction: it keeps to itself how the server ended that.
            ended = await self.pooled.driver.execute("COMMIT" if is_good else "ROLLBACK")
        except BaseException:
            self.pooled.driver.terminate()
            raise
        if is_good and ended != "COMMIT":
            raise NotCommitted(f"PostgreSQL answered COMMIT with {ended}")
