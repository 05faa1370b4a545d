"""The connections of one process: few, kept open, and the last used taken first.

SQLAlchemy's own pool costs as much each time as a statement. So its engine makes the
connections, and keeps none; here each stays with the driver's own, which most statements use.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tramita.kit.transient import NoConnectionFree, spoils_its_connection

# How long somebody waits for a connection, in seconds, while others use all there are.
_PATIENCE: Final = 30.0

# Sets of rows are given as arrays. The driver asks the server about a type that it does not know,
# and to ask about one costs a new connection as much as about all.
_ARRAYS: Final = (
    "bigint boolean bytea date float8 integer interval jsonb numeric text timestamptz uuid"
)
_LEARN: Final = f"SELECT {', '.join(f'NULL::{one}[]' for one in _ARRAYS.split())}"


@dataclass(frozen=True, slots=True)
class Pooled:
    """One connection: SQLAlchemy's, for mapped rows, and the driver's under it."""

    alchemy: AsyncConnection
    driver: asyncpg.Connection

    def end(self) -> None:
        """End it now, without a word to the server: for those whom nobody may wait for."""
        mapped = self.alchemy.sync_connection
        assert mapped is not None
        mapped.invalidate()


@dataclass
class Pool:
    """At most ``size`` connections, each opened when it is first needed.

    Those in use stay few, and know their statements. One that has ended is replaced; whoever
    finds that nobody should have it again ends it (``driver.terminate()``). Once it is closed, none
    is kept: what is still under way then has its connection, and ends it.
    """

    engine: AsyncEngine
    size: int
    _places: asyncio.Semaphore = field(init=False)
    _idle: list[Pooled] = field(default_factory=list)
    _is_closed: bool = False

    def __post_init__(self) -> None:
        """Have as many places as there may be connections."""
        self._places = asyncio.Semaphore(self.size)

    async def take(self) -> Pooled:
        """A connection in no transaction, to be given back; raises ``NoConnectionFree``."""
        await self._wait_for_place()
        try:
            while self._idle:
                pooled = self._idle.pop()
                # The driver knows without asking the server, so this costs nothing, unlike a ping.
                if not pooled.driver.is_closed():
                    return pooled
                await pooled.alchemy.close()
            return await self._connect()
        except BaseException:
            self._places.release()
            raise

    def give_back(self, pooled: Pooled, after: BaseException | None = None) -> None:
        """Let others have it; ``after`` what its use ended with, which may have spoilt it."""
        if self._is_closed:
            pooled.end()
        else:
            if after is not None and spoils_its_connection(after):
                pooled.driver.terminate()
            self._idle.append(pooled)
        self._places.release()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Pooled]:
        """One for as long as the block lasts."""
        pooled = await self.take()
        try:
            yield pooled
        except BaseException as error:
            self.give_back(pooled, error)
            raise
        self.give_back(pooled)

    async def close(self) -> None:
        """Close those that nobody has; the others end when they are given back."""
        self._is_closed = True
        try:
            while self._idle:
                await self._idle.pop().alchemy.close()
        finally:
            # Whoever is cancelled here does not come again for those that are left.
            for pooled in self._idle:
                pooled.end()
            self._idle.clear()

    async def _wait_for_place(self) -> None:
        if self._places.locked():
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._places.acquire()
            except TimeoutError:
                raise NoConnectionFree from None
        else:
            await self._places.acquire()

    async def _connect(self) -> Pooled:
        alchemy = await self.engine.connect()
        raw = await alchemy.get_raw_connection()
        driver: asyncpg.Connection = raw.driver_connection
        try:
            await driver.fetch(_LEARN)
        except BaseException:
            driver.terminate()
            await alchemy.close()
            raise
        return Pooled(alchemy, driver)
