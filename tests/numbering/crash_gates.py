"""Gates in the database of a test: whoever comes to one waits there, to be killed.

A gate stands at a statement of one transaction: of all that is written in one area code,
it stops what its place names. Where the gate is at the statement, the transaction is
open when its process dies, and is rolled back: a statement that is a transaction by itself
counts as not sent. Where it is at the commit (PostgreSQL carries deferred triggers out
then), the process dies while its commit is under way, and when the gate opens the
transaction is committed: the last thing that process did.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from tests.world import until
from tramita.kit.database.engine import Database

# The class of the advisory locks that gates are made of; nobody else uses it.
_CLASS: Final = 20261122

_SETTLED: Final = "WHEN (NEW.state = 'SUCCEEDED' AND OLD.state <> 'SUCCEEDED')"
_SENDING: Final = "WHEN (OLD.state = 'PREPARED' AND NEW.state = 'SENT')"
_ASKING: Final = "WHEN (OLD.state = 'UNKNOWN' AND NEW.asked > OLD.asked)"

# Place: when, of which table, and of which rows.
_AT_STATEMENTS: Final = {
    "wish": ("BEFORE INSERT ON pre_reservation", ""),
    "claim": ("BEFORE INSERT ON phone_number", ""),
    "take": ("BEFORE UPDATE ON operations", _SENDING),
    "ask": ("BEFORE UPDATE ON operations", _ASKING),
    "return": (
        "BEFORE UPDATE ON phone_number",
        "WHEN (OLD.status = 'RESERVED' AND NEW.status = 'RETURNED')",
    ),
    "heard": ("BEFORE INSERT ON exchanges", "WHEN (NEW.method <> 'GET')"),
    "learnt": ("BEFORE INSERT ON exchanges", "WHEN (NEW.method = 'GET')"),
    "offered": ("AFTER INSERT ON preview_number", ""),
    "bound": ("AFTER UPDATE ON preview", "WHEN (NEW.reserved_msisdn IS NOT NULL)"),
    "confirmed": (
        "AFTER UPDATE ON phone_number",
        "WHEN (OLD.status = 'RESERVING' AND NEW.status = 'RESERVED')",
    ),
    "taken back": ("AFTER UPDATE ON phone_number", "WHEN (NEW.provider_release = 'DONE')"),
    "prepared": ("AFTER INSERT ON operations", ""),
}
_AT_COMMITS: Final = {
    "sent": ("AFTER INSERT OR UPDATE ON operations", "WHEN (NEW.state = 'SENT')"),
    "asked": ("AFTER UPDATE ON operations", _ASKING),
    "settled": ("AFTER UPDATE ON operations", _SETTLED),
    "given back": ("AFTER INSERT ON operations", ""),
    "kept": ("AFTER UPDATE ON idempotency_keys", "WHEN (NEW.status IS NOT NULL)"),
}

_FUNCTIONS: Final = """
    CREATE TABLE crash_gate (id integer, place text, kind text, ddd text);

    -- The area code of whatever an operation is about.
    CREATE FUNCTION crash_ddd(subject uuid) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT coalesce((SELECT substr(msisdn, 3, 2) FROM phone_number WHERE id = subject),
                        (SELECT ddd FROM pre_reservation WHERE id = subject)) $$;

    CREATE FUNCTION crash_stop() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        said jsonb := to_jsonb(NEW);
        kind_ text := said->>'kind';
        subject uuid := said->>'subject_id';
        ddd_ text;
        found integer;
    BEGIN
        IF TG_TABLE_NAME = 'exchanges' THEN
            SELECT o.kind, o.subject_id INTO kind_, subject FROM operations AS o
            WHERE o.id = (said->>'operation_id')::uuid;
        END IF;
        ddd_ := CASE TG_TABLE_NAME WHEN 'idempotency_keys' THEN right(said->>'key', 2)
                ELSE coalesce(said->>'ddd', substr(said->>'msisdn', 3, 2), crash_ddd(subject)) END;
        FOR found IN SELECT g.id FROM crash_gate AS g WHERE g.place = TG_ARGV[0]
            AND g.ddd = ddd_ AND (g.kind IS NULL OR g.kind = kind_)
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

_END_STATEMENTS: Final = """
    SELECT pg_terminate_backend(pid) FROM unnest($1::integer[], $2::integer[]) AS w(pid, gate)
    JOIN crash_gate AS g ON g.id = w.gate WHERE g.place <> ALL($3::text[])
"""


@dataclass(frozen=True)
class Gate:
    """Where somebody shall be stopped: a place, and of which kind of operation, if of one."""

    place: str
    kind: str | None = None

    def __post_init__(self) -> None:
        """A gate at a place that does not exist would stop nobody."""
        if self.place not in _AT_STATEMENTS | _AT_COMMITS:
            raise ValueError(self.place)


@dataclass
class Gates:
    """The gates of one database; this connection keeps them shut."""

    connection: asyncpg.Connection
    _shut: list[int] = field(default_factory=list)

    async def shut(self, gate: Gate, ddd: str) -> int:
        """Shut a gate for an area code; answers its number."""
        number = int(ddd)
        await self.connection.execute("SELECT pg_advisory_lock($1, $2)", _CLASS, number)
        self._shut.append(number)
        await self.connection.execute(
            "INSERT INTO crash_gate VALUES ($1, $2, $3, $4)", number, gate.place, gate.kind, ddd
        )
        return number

    async def until_reached(self, number: int) -> None:
        """Wait until somebody waits at a gate."""

        async def is_so() -> bool:
            return number in [row["gate"] for row in await self._waiting()]

        await until(is_so)

    async def open(self) -> None:
        """Open all, and wait until whoever stood there has gone on, or has ended."""
        waiting = await self._waiting()
        pids, numbers = ([row[name] for row in waiting] for name in ("pid", "gate"))
        await self.connection.execute(_END_STATEMENTS, pids, numbers, list(_AT_COMMITS))
        await self.connection.execute("DELETE FROM crash_gate")
        await self.connection.execute("SELECT pg_advisory_unlock_all()")
        self._shut.clear()

        async def have_gone() -> bool:
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1::integer[])"
            return bool(await self.connection.fetchval(query, pids) == 0)

        await until(have_gone)

    async def _waiting(self) -> Sequence[asyncpg.Record]:
        rows: Sequence[asyncpg.Record] = await self.connection.fetch(_WAITING, _CLASS)
        return rows


@asynccontextmanager
async def gates(database: Database) -> AsyncIterator[Gates]:
    """Build the gates, all of them open."""
    connection = await database.connect()
    try:
        await connection.execute(_FUNCTIONS)
        for number, (place, (what, when)) in enumerate(_AT_STATEMENTS.items()):
            await connection.execute(
                f"CREATE TRIGGER crash_{number} {what} FOR EACH ROW {when} "
                f"EXECUTE FUNCTION crash_stop('{place}', {_CLASS})"
            )
        for number, (place, (what, when)) in enumerate(_AT_COMMITS.items()):
            await connection.execute(
                f"CREATE CONSTRAINT TRIGGER crash_at_commit_{number} {what} "
                f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {when} "
                f"EXECUTE FUNCTION crash_stop('{place}', {_CLASS})"
            )
        yield Gates(connection)
    finally:
        await connection.close()
