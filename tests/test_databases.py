"""Databases that are handed from test to test."""

import asyncpg

from tests.databases import Databases
from tramita.kit.database.engine import to_dsn, to_url
from tramita.kit.embedded.postgres import EmbeddedPostgres

_USE = """
    INSERT INTO tenants (key, title, created_at) VALUES ('another', 'Another', now());
    INSERT INTO carriers (code, tenant) VALUES ('vivo', 'another');
    UPDATE clock SET "offset" = interval '3 days';
    DELETE FROM location_ddd WHERE ddd > '50';
    UPDATE device_catalog SET failure = 'unread';
    INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at)
    SELECT 'things', gen_random_uuid(), 'ONE', 'OTHER', 'it', 'test', now()
    FROM generate_series(1, 100)
"""
_TABLES = """
    SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'pg_sequences'
"""


class TestDatabases:
    async def test_are_like_new_when_they_are_handed_on(self, server: EmbeddedPostgres) -> None:
        """Rows, the clock and the next numbers of sequences are as migrations leave them."""
        databases = Databases(server)
        async with databases.fresh() as first:
            new = await _contents(first)
            await _execute(first, _USE)
            assert new != await _contents(first)

        async with databases.fresh() as second:
            assert (first, new) == (second, await _contents(second))

    async def test_are_nobody_elses(self, server: EmbeddedPostgres) -> None:
        """Two at the same time differ, and who still holds one when it ends is cut off."""
        databases = Databases(server)
        async with databases.fresh() as first, databases.fresh() as second:
            assert first != second
            left = await asyncpg.connect(to_dsn(to_url(first)))
            await left.execute("BEGIN; LOCK TABLE history")

        async with databases.fresh() as third:
            assert first == third
            await _execute(third, "SELECT FROM history")
        assert left.is_closed()

    async def test_are_not_handed_on_with_another_schema(self, server: EmbeddedPostgres) -> None:
        """Whatever was created, changed or dropped."""
        databases = Databases(server)
        async with databases.fresh() as url:
            seen = {url}
        for change in (
            "CREATE TABLE left_over ()",
            "DROP TABLE alembic_version",
            "DROP INDEX account_sessions_age",
            "ALTER TABLE history ADD COLUMN later text",
            "ALTER TABLE history ALTER COLUMN actor DROP NOT NULL",
            "ALTER TABLE history ALTER COLUMN actor SET DEFAULT 'nobody'",
            "ALTER TABLE history ADD CONSTRAINT small CHECK (id < 5)",
            "ALTER TABLE carriers DISABLE TRIGGER ALL",
            "CREATE FUNCTION left_over() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE OR REPLACE FUNCTION tramita_now() RETURNS timestamptz LANGUAGE sql AS "
            "'SELECT now()'",
        ):
            async with databases.fresh() as url:
                await _execute(url, change)
            async with databases.fresh() as url:
                assert url not in seen, change
                seen.add(url)


async def _contents(url: str) -> dict[str, list[str]]:
    """Every row, as text."""
    connection = await asyncpg.connect(to_dsn(to_url(url)))
    try:
        tables = [name for (name,) in await connection.fetch(_TABLES)]
        return {
            table: sorted(
                row
                for (row,) in await connection.fetch(f"SELECT to_jsonb(t)::text FROM {table} AS t")
            )
            for table in tables
        }
    finally:
        await connection.close()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(to_dsn(to_url(url)))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
