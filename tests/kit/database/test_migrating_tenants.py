"""What there was before there were tenants keeps working for whom it worked."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection

from tramita.kit.bounds import Bounds
from tramita.kit.database.embedded import EmbeddedPostgres
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.migrate import migrate
from tramita.kit.database.schema import migrations_config
from tramita.kit.identifiers import new_id
from tramita.kit.tokens import list_tokens

BEFORE = "0012"


def _upgrade(connection: Connection) -> None:
    config = migrations_config()
    config.attributes["connection"] = connection
    command.upgrade(config, BEFORE)


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database from before there were tenants."""
    name = f"old_{new_id().hex}"
    connection = await asyncpg.connect(to_dsn(to_url(server.url("postgres"))))
    await connection.execute(f"CREATE DATABASE {name}")
    database = Database.open(server.url(name))
    async with database.engine.connect() as alchemy:
        await alchemy.execution_options(isolation_level="READ COMMITTED")
        async with alchemy.begin():
            await alchemy.run_sync(_upgrade)
    yield database
    await database.close()
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


class TestWhatThereWas:
    async def test_is_the_houses_and_its_carriers(self, old: Database) -> None:
        """Tokens are the house's; a contract stays with the carrier of the token that made it."""
        await old.fetch(
            "INSERT INTO service_tokens (id, name, hash, scopes, carrier, created_at) VALUES "
            "(gen_random_uuid(), 'site', 'a', '{contracts:read}', NULL, now()), "
            "(gen_random_uuid(), 'shop', 'b', '{contracts:read}', 'acme', now())"
        )
        for maker in ("site", "shop"):
            await old.fetch(
                """
                WITH made AS (
                    INSERT INTO contracts (id, name, backend, state, activated, created_at,
                                           external_references, backend_record, version)
                    VALUES (gen_random_uuid(), $1, 'smt', 'created', false, now(), '{}', '{}', 1)
                    RETURNING id)
                INSERT INTO contract_events (contract_id, event, handled_by, actor, details, at)
                SELECT id, 'on_contract_create', '{}', 'token:' || $1, '{}', now() FROM made
                """,
                maker,
            )

        await migrate(old)

        async with old.session() as session:
            tokens = {one.name: one.bounds for one in await list_tokens(session)}
        assert {"site": Bounds("house"), "shop": Bounds("house", "acme")} == tokens
        rows = await old.fetch(
            "SELECT name, tenant, carrier, all_carriers, created_by FROM contracts ORDER BY name"
        )
        assert [
            ("shop", "house", "acme", False, "token:shop"),
            ("site", "house", None, True, "token:site"),
        ] == [tuple(row) for row in rows]
