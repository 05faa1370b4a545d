"""What statements cost: those that ran, run again under the plans that PostgreSQL may choose."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog
from sqlalchemy import event

from tramita.kit.database.engine import Database

# An argument's own value is known to the first, and to the second nothing of it.
CUSTOM: Final = "force_custom_plan"
PLANS: Final = (CUSTOM, "force_generic_plan")
_READS_OR_WRITES: Final = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Ran:
    """A statement as it ran."""

    query: str
    arguments: tuple[object, ...]


_UNSEEN: Final = """
    SELECT string_agg(format('%s: %s of %s', relname, relallvisible, relpages), ', ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relallvisible < relpages
"""


async def settle(connection: asyncpg.Connection, *, deadline: float = 60) -> None:
    """Have what was written lie as it does for good, and the planner know it.

    A page is not marked as visible to everybody while the commit of its rows is still on its way to
    the log, and by how many are the planner chooses: by chance, where commits do not wait for it.
    PostgreSQL notes how far that is for 32 transactions together, so that whoever commits in
    another database of the server may hold it up again: what is still unseen is vacuumed again.
    """
    await connection.execute("SET synchronous_commit = on")
    until = asyncio.get_running_loop().time() + deadline
    while unseen := await _vacuumed(connection):
        assert asyncio.get_running_loop().time() < until, unseen


async def _vacuumed(connection: asyncpg.Connection) -> str | None:
    await connection.execute("SELECT pg_logical_emit_message(true, '', '')")
    await connection.execute("VACUUM (ANALYZE, INDEX_CLEANUP ON)")
    unseen: str | None = await connection.fetchval(_UNSEEN)
    return unseen


@asynccontextmanager
async def listening(database: Database, *, of_requests: bool = False) -> AsyncIterator[list[Ran]]:
    """What runs on a database until the block ends; ``of_requests``: only what answers a request."""
    heard: list[Ran] = []

    def hear(query: str, arguments: Any) -> None:
        # On a connection that is new to the types of a statement, the driver asks about them first.
        is_own = "typeinfo_tree" in query or "'jit'" in query
        # Both tell of a statement in the context of whoever ran it.
        is_asked = not of_requests or "request_id" in structlog.contextvars.get_contextvars()
        if _READS_OR_WRITES.match(query) and not is_own and is_asked:
            heard.append(Ran(query, tuple(arguments or ())))

    def hear_driver(logged: Any) -> None:
        hear(logged.query, logged.args)

    def hear_mapped(_: object, __: object, query: str, arguments: Any, *___: object) -> None:
        hear(query, arguments)

    async with AsyncExitStack() as stack:
        pooled = [
            await stack.enter_async_context(database.pool.connection())
            for _ in range(database.pool.size)
        ]
        drivers = [one.driver for one in pooled]
        for driver in drivers:
            driver.add_query_logger(hear_driver)
    event.listen(database.engine.sync_engine, "before_cursor_execute", hear_mapped)
    yield heard
    await asyncio.sleep(0)  # The driver tells of a statement in the loop's next turn.
    event.remove(database.engine.sync_engine, "before_cursor_execute", hear_mapped)
    for driver in drivers:
        driver.remove_query_logger(hear_driver)


@dataclass(frozen=True)
class Cost:
    """How many blocks of 8 KiB statements touched; each with its part, the most first."""

    blocks: int
    parts: int
    statements: str


async def cost_of(connection: asyncpg.Connection, ran: Iterable[Ran], plan: str) -> Cost:
    """What statements cost when they run again, one by one, and leave nothing behind."""
    parts = [(await _blocks_of(connection, one, plan), " ".join(one.query.split())) for one in ran]
    told = "\n".join(f"{blocks:>6}  {query}" for blocks, query in sorted(parts, reverse=True))
    return Cost(sum(blocks for blocks, _ in parts), len(parts), f"{plan}\n{told}")


async def _blocks_of(connection: asyncpg.Connection, ran: Ran, plan: str) -> int:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL plan_cache_mode = {plan}; SET LOCAL jit = off")
        await connection.execute(f"PREPARE looked_at AS {ran.query}")
        given = ", ".join(literal(one) for one in ran.arguments)
        said = await connection.fetchval(
            "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE looked_at"
            + (f"({given})" if given else "")
        )
        await connection.execute("DEALLOCATE looked_at")
    finally:
        await transaction.rollback()
    [found] = msgspec.json.decode(said)
    top = found["Plan"]
    touched: int = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return touched


def literal(value: object) -> str:
    """A value as it stands in a statement."""
    match value:
        case None:
            return "NULL"
        case bool() | int() | float():
            return str(value).lower()
        case timedelta():
            return f"'{value.total_seconds()} seconds'"
        case bytes():
            return f"'\\x{value.hex()}'"
        case list() | tuple():
            return quoted("{" + ",".join(_element(one) for one in value) + "}")
        case str() | UUID() | datetime() | date():
            return quoted(str(value))
        case _:
            raise TypeError(value)


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    told = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    text = told.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
