"""Exchanges and notes from before what is listed of them had its place."""

from collections.abc import AsyncIterator

import pytest

from tests.console.standing import add_exchange, add_operation
from tests.kit.database.old import old_database, upgrade, upgrading
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres

BEFORE, MOVES = "0076", "0077"
SAID = (
    "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, cause, at) "
    "VALUES ($1, gen_random_uuid(), 'a', 'b', $2, 'worker', 'Said so', now())"
)


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database with an exchange of an operation, and what was said of three moves."""
    async with old_database(server, "0058") as database:
        await add_exchange(database, await add_operation(database, state="PREPARED"))
        for subject, trigger in (("orders", "cancel"), ("applications", "move"), ("orders", "pay")):
            await database.fetch(SAID, subject, trigger)
        yield database


class TestTheUpgrade:
    async def test_tells_what_was_there_as_what_comes(self, old: Database) -> None:
        """What each exchange was for; and what people said is a note, which a cause is not."""
        await migrate(old)

        [exchange] = await old.fetch("SELECT kind FROM exchanges")
        said = await old.fetch("SELECT trigger, cause, note FROM history ORDER BY trigger")
        assert "portability.insert_proposal" == exchange["kind"]
        assert [
            ("cancel", None, "Said so"),
            ("move", None, "Said so"),
            ("pay", "Said so", None),
        ] == [tuple(row) for row in said]

    async def test_lets_everybody_go_on_while_it_moves_them(self, old: Database) -> None:
        """However many there are: whoever reads or adds waits for no lock."""
        await upgrade(old, BEFORE)
        async with upgrading(old, MOVES), old.unit_of_work() as work:
            await work.fetch("SET LOCAL lock_timeout = '5s'")
            seen = await work.fetch("SELECT FROM exchanges, history")
            await work.fetch(SAID, "orders", "cancel")
            await work.fetch(
                "INSERT INTO exchanges (operation_id, kind, attempt, provider, method, path, request, "
                "answer, outcome, started_at, milliseconds) "
                "VALUES (gen_random_uuid(), 'x', 1, 'y', 'GET', '/', '', '', 'done', now(), 1)"
            )

        assert 3 == len(seen)
