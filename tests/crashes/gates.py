"""Gates in the database of a test: whoever comes to one first waits there, to be killed.

A gate stands at a statement of one transaction: of all that is written it stops the first row of
its place, and of its kind of operation if it has one; who comes later passes. Where the gate is at
the statement, the transaction is open when its process dies, and is rolled back: a statement that
is a transaction by itself counts as not sent. Where it is at the commit (PostgreSQL carries
deferred triggers out then), the process dies while its commit is under way, and when the gate
opens the transaction is committed: the last thing that process did.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import asyncpg

from tests.world import until
from tramita.kit.database.engine import Database

# The class of the advisory locks that gates are made of; nobody else uses it.
_CLASS: Final = 20261122

_SENDING: Final = "WHEN (OLD.state = 'PREPARED' AND NEW.state = 'SENT')"
_ASKING: Final = "WHEN (OLD.state = 'UNKNOWN' AND NEW.asked > OLD.asked)"
_SETTLING: Final = "WHEN (NEW.state IN ('SUCCEEDED', 'PENDING') AND NEW.state <> OLD.state)"

# Place: when, of which table, and of which rows. These are every operation's.
Places = Mapping[str, tuple[str, str]]
_AT_STATEMENTS: Final[Places] = {
    "take": ("BEFORE UPDATE ON operations", _SENDING),
    "ask": ("BEFORE UPDATE ON operations", _ASKING),
    "heard": ("BEFORE INSERT ON exchanges", ""),
    "learnt": ("BEFORE INSERT ON exchanges", "WHEN (NEW.method = 'GET')"),
    "settling": ("AFTER UPDATE ON operations", _SETTLING),
    "preparing": ("AFTER INSERT ON operations", ""),
    "keeping": ("BEFORE INSERT ON inbox", ""),
    "reading": ("BEFORE UPDATE ON inbox", "WHEN (NEW.processed_at IS NOT NULL)"),
}
_AT_COMMITS: Final[Places] = {
    "sent": ("AFTER INSERT OR UPDATE ON operations", "WHEN (NEW.state = 'SENT')"),
    "asked": ("AFTER UPDATE ON operations", _ASKING),
    "settled": ("AFTER UPDATE ON operations", _SETTLING),
    "prepared": ("AFTER INSERT ON operations", ""),
    "answered": ("AFTER UPDATE ON idempotency_keys", "WHEN (NEW.status IS NOT NULL)"),
    "kept": ("AFTER INSERT ON inbox", ""),
    "read": ("AFTER UPDATE ON inbox", "WHEN (NEW.processed_at IS NOT NULL)"),
}

_FUNCTIONS: Final = """
    CREATE TABLE crash_gate (id integer, place text, kind text);

    CREATE FUNCTION crash_stop() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        said jsonb := to_jsonb(NEW);
        kind_ text := said->>'kind';
        found integer;
    BEGIN
        IF TG_TABLE_NAME = 'exchanges' THEN
            SELECT o.kind INTO kind_ FROM operations AS o
            WHERE o.id = (said->>'operation_id')::uuid;
        END IF;
        FOR found IN SELECT g.id FROM crash_gate AS g
            WHERE g.place = TG_ARGV[0] AND (g.kind IS NULL OR g.kind = kind_)
        LOOP
            PERFORM pg_advisory_xact_lock(TG_ARGV[1]::integer, found);
        END LOOP;
        RETURN NEW;
    END $$;
"""

_WAITING: Final = """
    SELECT pid, objid::integer AS gate FROM pg_locks
    WHERE locktype = 'advisory' AND classid = $1 AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Gate:
    """Where somebody shall be stopped: a place, and of which kind of operation, if of one."""

    place: str
    kind: str | None = None


@dataclass
class Gates:
    """The gates of one database; this connection keeps them shut."""

    connection: asyncpg.Connection
    at_statements: Places
    at_commits: Places
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    # Those that are shut, and whether who stands there is rolled back when it dies.
    _shut: dict[int, bool] = field(default_factory=dict)

    async def shut(self, gate: Gate) -> int:
        """Shut a gate; answers its number."""
        # A gate at a place that does not exist would stop nobody.
        assert gate.place in {**self.at_statements, **self.at_commits}, gate
        number = next(self._numbers)
        await self.connection.execute("SELECT pg_advisory_lock($1, $2)", _CLASS, number)
        self._shut[number] = gate.place in self.at_statements
        await self.connection.execute(
            "INSERT INTO crash_gate VALUES ($1, $2, $3)", number, gate.place, gate.kind
        )
        return number

    async def until_reached(self, number: int) -> None:
        """Wait until somebody waits at a gate; nobody else will."""

        async def is_so() -> bool:
            return number in [row["gate"] for row in await self._waiting()]

        await until(is_so)
        await self.connection.execute("DELETE FROM crash_gate WHERE id = $1", number)

    async def open(self) -> None:
        """Open all, and wait until whoever stood there has gone on, or has ended."""
        waiting = await self._waiting()
        for row in waiting:
            if self._shut[row["gate"]]:
                await self.connection.execute("SELECT pg_terminate_backend($1)", row["pid"])
        await self.connection.execute("SELECT pg_advisory_unlock_all()")
        self._shut.clear()
        pids = [row["pid"] for row in waiting]

        async def have_gone() -> bool:
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1::integer[])"
            return bool(await self.connection.fetchval(query, pids) == 0)

        await until(have_gone)

    async def _waiting(self) -> Sequence[asyncpg.Record]:
        rows: Sequence[asyncpg.Record] = await self.connection.fetch(_WAITING, _CLASS)
        return rows


@asynccontextmanager
async def gates(database: Database, places: Places, commits: Places) -> AsyncIterator[Gates]:
    """Build the gates, all of them open.

    ``places`` are an area's own at statements of its, ``commits`` those at its commits.
    """
    connection = await database.connect()
    at_statements, at_commits = {**_AT_STATEMENTS, **places}, {**_AT_COMMITS, **commits}
    try:
        await connection.execute(_FUNCTIONS)
        for number, (place, (what, when)) in enumerate(at_statements.items()):
            await connection.execute(
                f"CREATE TRIGGER crash_{number} {what} FOR EACH ROW {when} "
                f"EXECUTE FUNCTION crash_stop('{place}', {_CLASS})"
            )
        for number, (place, (what, when)) in enumerate(at_commits.items()):
            await connection.execute(
                f"CREATE CONSTRAINT TRIGGER crash_at_commit_{number} {what} "
                f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {when} "
                f"EXECUTE FUNCTION crash_stop('{place}', {_CLASS})"
            )
        yield Gates(connection, at_statements, at_commits)
    finally:
        await connection.close()
