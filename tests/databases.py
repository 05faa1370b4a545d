"""Databases for tests: clones of a migrated template, emptied and handed on.

To copy and to drop a database takes several times what most tests do with it, so a worker
hands its databases on. What a test leaves in one is removed: its connections are ended, rows
and sequences put back to what the template has. One whose schema was touched, or that has
grown large, is dropped.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.encryption.keys import Keyring
from tramita.kit.identifiers import new_id

# Tests may lose their data with the machine; they are several times quicker for it.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    # All workers of a run share one server, each with processes and pools of its own.
    "max_connections": "400",
}
_TEMPLATE: Final = "template_tramita"
# A database's rows are deleted one by one, and their room is not given back.
_GROWN: Final = 8 * 2**20
_EMPTY_WITHIN: Final = 30.0

# Whatever is created, changed or removed in a schema shows in the number of its entries, or
# in the last transaction that wrote one.
_SEAL: Final = """
    SELECT string_agg(format('%s %s', entries, last), ',') FROM (
        SELECT count(*) AS entries, max(xmin::text::bigint) AS last FROM pg_class
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_attribute
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_constraint
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_trigger
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_proc
        UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_attrdef
        UNION ALL SELECT count(*), 0 FROM pg_db_role_setting
    ) AS catalogs
"""
_SIZE: Final = """
    SELECT sum(pg_relation_size(oid)) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_TABLES: Final = """
    SELECT oid::regclass::text AS name,
        (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
         WHERE attrelid = oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
# In one go, as each statement of a new connection takes longer than what it does.
_EMPTY: Final = """
    BEGIN;
    SET LOCAL session_replication_role = replica;
    DO $$
        DECLARE one regclass;
        BEGIN
            LOOP
                PERFORM pg_stat_clear_snapshot();
                PERFORM pg_terminate_backend(pid)
                FROM pg_stat_get_activity(NULL) JOIN pg_database ON oid = datid
                WHERE datname = current_database() AND pid <> pg_backend_pid();
                EXIT WHEN NOT FOUND;
                PERFORM pg_sleep(0.001);
            END LOOP;
            IF ({seal}) <> '{seen}' OR ({size}) > {room} THEN
                RAISE 'It cannot be handed on.' USING ERRCODE = 'object_not_in_prerequisite_state';
            END IF;
            FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r'
                AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
            LOOP
                EXECUTE format('DELETE FROM %s', one);
            END LOOP;
            PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence
            WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
        END
    $$;
    {fill};
    COMMIT
"""


@asynccontextmanager
async def opened(
    address: str, *, pool_size: int = 10, keys: Keyring | None = None
) -> AsyncIterator[Database]:
    """A database that is closed with the block, however that ends."""
    database = Database.open(address, pool_size=pool_size, keys=keys)
    try:
        yield database
    finally:
        await database.close()


class Databases:
    """The databases of one worker; those that nobody uses are handed out again."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._free: list[str] = []
        # What makes one that was used like a clone.
        self._empty = ""

    @asynccontextmanager
    async def fresh(self, *, is_new: bool = False) -> AsyncIterator[str]:
        """The address of a database as migrations leave it, one's own within the block.

        ``is_new``: nobody has had it before. Where rows were deleted, others lie otherwise, and
        indexes stay as deep as they were: for whoever counts blocks.
        """
        name = self._free.pop() if self._free and not is_new else await self._clone()
        try:
            yield self._server.url(name)
        finally:
            if await self._is_emptied(name):
                self._free.append(name)
            else:
                await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _clone(self) -> str:
        name = f"test_{new_id().hex}"
        # Copying files takes half of what copying page by page through the log does.
        await self._run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        if not self._empty:
            await self._learn(name)
        return name

    async def _is_emptied(self, name: str) -> bool:
        """Whether it could be made like a clone; one in which that fails is not handed on."""
        connection = await self._connect(name)
        try:
            await connection.execute(self._empty, timeout=_EMPTY_WITHIN)
        except (asyncpg.PostgresError, TimeoutError):
            return False
        finally:
            await connection.close()
        return True

    async def _learn(self, clone: str) -> None:
        """Note what a clone has before anybody has used it."""
        connection = await self._connect(clone)
        try:
            statements = []
            for table, columns in await connection.fetch(_TABLES):
                statements.append(
                    await connection.fetchval(
                        "SELECT format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s "
                        "FROM jsonb_populate_recordset(NULL::%s, %L)', $1::text, $2::text, "
                        "$2::text, $1::text, jsonb_agg(to_jsonb(t))) "
                        f"FROM {table} AS t HAVING count(*) > 0",
                        table,
                        columns,
                    )
                )
            statements += [
                f"SELECT setval({sequence}, {last})"
                for sequence, last in await connection.fetch(
                    "SELECT seqrelid, pg_sequence_last_value(seqrelid) AS last FROM pg_sequence "
                    "WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
                )
            ]
            self._empty = _EMPTY.format(
                seal=_SEAL,
                seen=await connection.fetchval(_SEAL),
                size=_SIZE,
                room=await connection.fetchval(_SIZE) + _GROWN,
                fill=";".join(one for one in statements if one),
            )
        finally:
            await connection.close()

    async def _run(self, statement: str) -> None:
        connection = await self._connect("postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _connect(self, name: str) -> asyncpg.Connection:
        return await asyncpg.connect(to_dsn(to_url(self._server.url(name))))


async def make_template(server: EmbeddedPostgres) -> None:
    """Have a migrated database to clone, made by whoever comes first; one at a time."""
    connection = await asyncpg.connect(to_dsn(to_url(server.url("postgres"))))
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _TEMPLATE):
            return
        await connection.execute(f"CREATE DATABASE {_TEMPLATE}_new")
        async with opened(server.url(f"{_TEMPLATE}_new")) as database:
            await migrate(database)
        await connection.execute(f"ALTER DATABASE {_TEMPLATE}_new RENAME TO {_TEMPLATE}")
    finally:
        await connection.close()
