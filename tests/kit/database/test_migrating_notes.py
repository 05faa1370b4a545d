"""What people said of moves before their notes stood by themselves."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.database.old import old_database
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database in which two have said why an operation moved."""
    async with old_database(server, "0069") as database:
        for actor in ("user:ana@example.com", "acme"):
            await database.fetch(
                "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, cause, "
                "at) VALUES ('operations', gen_random_uuid(), 'a', 'b', 'move', $1, 'Said so', now())",
                actor,
            )
        yield database


class TestWhatWasSaid:
    async def test_by_a_person_is_a_note(self, old: Database) -> None:
        """Which is encrypted with the others; what a provider said stays a cause."""
        await migrate(old)

        rows = await old.fetch("SELECT actor, cause, note FROM history ORDER BY actor")
        assert [("acme", "Said so", None), ("user:ana@example.com", None, "Said so")] == [
            tuple(row) for row in rows
        ]
