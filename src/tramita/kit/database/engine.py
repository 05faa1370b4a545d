"""The database: one pool per process, and units of work from it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import ClassVar, Self

import asyncpg
import msgspec
from sqlalchemy import URL, DateTime, NullPool, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from tramita.kit.bounds import EVERYTHING, Bounds
from tramita.kit.configured import Configured
from tramita.kit.database.owned import BOUNDS
from tramita.kit.database.pool import Pool
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring, keys_of
from tramita.kit.encryption.types import set_keys
from tramita.kit.settings import Settings


class Record(DeclarativeBase):
    """Every mapped class of Tramita. Relationships raise when they were not loaded."""

    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}


class DatabaseUnreachable(ConnectionError):
    """There is no connection to be had to the database."""


def to_url(address: str) -> URL:
    """``postgres://…`` or ``postgresql://…`` as the URL SQLAlchemy needs for asyncpg."""
    return make_url(address.replace("postgres://", "postgresql://", 1)).set(
        drivername="postgresql+asyncpg"
    )


def describe_address(address: str) -> str:
    """Where a database is, without user and password: ``db.internal:5432/tramita``."""
    url = to_url(address)
    folder = url.query.get("host")
    where = folder if isinstance(folder, str) else f"{url.host or 'localhost'}:{url.port or 5432}"
    return f"{where}/{url.database or ''}"


def to_dsn(url: URL) -> str:
    """The same address for bare asyncpg."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass
class Database:
    """The pool of one process. ``dsn`` is for connections outside it (queue, LISTEN).

    ``keys`` encrypt what is kept of people. ``bounds`` are those of whoever works with it;
    see ``within``. ``configured`` are the process's settings of areas.
    """

    pool: Pool
    dsn: str
    keys: Keyring
    bounds: Bounds = EVERYTHING
    configured: Configured = field(default_factory=Configured)

    @classmethod
    def open(cls, address: str, *, pool_size: int = 10, keys: Keyring | None = None) -> "Database":
        """Prepare the pool; connections are made when first needed.

        ``keys`` are the environment's by default; raises ``ConfigurationError`` without any.
        """
        keys = keys or keys_of(Settings())
        dsn = to_dsn(to_url(address))
        engine = create_async_engine(
            "postgresql+asyncpg://",
            # The driver reads the address itself: it knows ``sslmode`` and its other options.
            async_creator=partial(_connect, dsn),
            # An error is logged with its statement; what was in it may be personal.
            hide_parameters=True,
            # The pool is our own.
            poolclass=NullPool,
            # A unit of work begins and ends its transaction itself, on the driver: that costs a
            # third of having it begun for a first statement. One statement alone needs none.
            isolation_level="AUTOCOMMIT",
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=msgspec.json.decode,
        )
        set_keys(engine, keys)
        return cls(Pool(engine, pool_size), dsn, keys)

    @property
    def engine(self) -> AsyncEngine:
        """What makes the pool's connections; one from it is outside the pool."""
        return self.pool.engine

    def unit_of_work(
        self,
        *,
        actor: str = "system",
        cause: str | None = None,
        note: str | None = None,
        is_planned_once: bool = False,
    ) -> UnitOfWork:
        """A new unit of work; use it with ``async with``."""
        return UnitOfWork(
            self.pool,
            self.keys,
            actor,
            cause,
            note,
            self.bounds,
            is_planned_once=is_planned_once,
            settings=self.configured,
        )

    def reading(self) -> UnitOfWork:
        """For queries that write nothing: a unit of work in no transaction, two trips cheaper."""
        return UnitOfWork(
            self.pool,
            self.keys,
            "reader",
            bounds=self.bounds,
            is_reading=True,
            settings=self.configured,
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session of its own, in no transaction; for queries that write nothing."""
        async with (
            self.pool.connection() as pooled,
            AsyncSession(
                pooled.alchemy, expire_on_commit=False, info={BOUNDS: self.bounds}
            ) as session,
        ):
            yield session

    def within(self, bounds: Bounds) -> Self:
        """The same pool for a caller with these bounds."""
        narrowed = copy(self)
        narrowed.bounds = bounds
        return narrowed

    async def fetch(self, query: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """Run one statement (``$1`` placeholders) in no transaction, and return its rows."""
        async with self.pool.connection() as pooled:
            rows: Sequence[asyncpg.Record] = await pooled.driver.fetch(query, *arguments)
        return rows

    async def connect(self) -> asyncpg.Connection:
        """A connection of its own, outside the pool; the caller closes it."""
        return await _connect(self.dsn)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.pool.close()


async def _connect(dsn: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(dsn)
    except ConnectionError:
        raise
    except OSError as error:
        # No such socket, no such host, no answer in time: it is not there now.
        raise DatabaseUnreachable(*error.args) from error
