"""What people did, of two tables in one order, at a cost that does not grow with what there is."""

from datetime import timedelta
from uuid import UUID

import pytest

from tramita.kit.audit import Subject, note_act
from tramita.kit.audit_queries import Asked, Place, list_deeds
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id

ANA, LEO = "user:ana@example.com", "user:leo@example.com"
THING = new_id()
EVERYTHING = Asked()

_MOVED = """
    INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at)
    VALUES ('operations', $1, 'a', 'b', $2, $3, {at})
"""


async def act(database: Database, actor: str, action: str) -> None:
    async with database.unit_of_work(actor=actor) as work:
        await note_act(work, actor, action, Subject("token", THING))


async def move(database: Database, actor: str, trigger: str, *, at: str = "now()") -> None:
    await database.fetch(_MOVED.format(at=at), THING, trigger, actor)


async def told(database: Database, asked: Asked = EVERYTHING, *, limit: int = 100) -> list[str]:
    """Every deed, page after page."""
    said: list[str] = []
    before: Place | None = None
    while True:
        async with database.unit_of_work() as work:
            found = await list_deeds(work, asked, before=before, limit=limit)
        said += [one.action for one in found]
        if len(found) < limit:
            return said
        before = Place.of(found[-1])


class TestTheList:
    async def test_holds_acts_and_moves_of_people_newest_first(self, database: Database) -> None:
        """Not what the platform did by itself."""
        await move(database, ANA, "cancel")
        await act(database, ANA, "token.created")
        await move(database, "orders.validate", "validate")
        await move(database, "cli", "retry")

        assert ["retry", "token.created", "cancel"] == await told(database)

    @pytest.mark.parametrize("limit", [1, 2, 3])
    async def test_is_whole_page_by_page_also_at_one_moment(
        self, database: Database, limit: int
    ) -> None:
        """None is left out and none comes twice, where many have the same time."""
        for number in range(3):
            await act(database, ANA, f"x.done_{number}")
            await move(database, ANA, f"move_{number}")
        await database.fetch("UPDATE audit SET at = '2030-01-01'")
        await database.fetch("UPDATE history SET at = '2030-01-01'")

        said = await told(database, limit=limit)

        assert said == await told(database)
        assert (6, 6) == (len(said), len({*said}))

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            (Asked(actor=LEO), ["token.revoked"]),
            (Asked(action="cancel"), ["cancel"]),
            (Asked(action="token.created"), ["token.created"]),
            (Asked(subject_id=str(THING)), ["token.revoked", "cancel", "token.created"]),
            (Asked(subject_id=str(UUID(int=1))), []),
            (Asked(subject_id="lyra"), []),
            (Asked(actor=ANA, action="token.created"), ["token.created"]),
        ],
    )
    async def test_is_narrowed(self, database: Database, asked: Asked, found: list[str]) -> None:
        """By who, what and on what."""
        await act(database, ANA, "token.created")
        await move(database, ANA, "cancel")
        await act(database, LEO, "token.revoked")

        assert found == await told(database, asked)

    async def test_is_narrowed_to_a_time(self, database: Database) -> None:
        """From its beginning to before its end."""
        await move(database, ANA, "early", at="now() - interval '2 days'")
        await act(database, ANA, "token.created")
        async with database.unit_of_work() as work:
            yesterday = await work.now() - timedelta(days=1)

        assert ["early"] == await told(database, Asked(until=yesterday))
        assert ["token.created"] == await told(database, Asked(since=yesterday))


class TestItsCost:
    @pytest.mark.parametrize(
        "asked", [Asked(), Asked(actor=LEO), Asked(action="rare"), Asked(subject_id=str(THING))]
    )
    async def test_is_that_of_a_page(self, database: Database, asked: Asked) -> None:
        """Among many moves of the platform and of people, each is found along an index."""
        await database.fetch(
            "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at) "
            "SELECT 'operations', gen_random_uuid(), 'a', 'b', 'move', "
            "CASE WHEN n % 2 = 0 THEN 'system' ELSE 'user:ana@example.com' END, "
            "now() - n * interval '1 second' FROM generate_series(1, 20000) AS n"
        )
        await database.fetch(
            "INSERT INTO audit (id, at, actor, action, subject_kind, subject_id, details) "
            "SELECT gen_random_uuid(), now() - n * interval '1 second', 'user:ana@example.com', "
            "'account.signed_in', 'account', gen_random_uuid()::text, '{}' "
            "FROM generate_series(1, 20000) AS n"
        )
        await database.fetch("ANALYZE history, audit")

        async with database.unit_of_work() as work:
            connection = work.connection
            said: list[str] = []

            def note(record: object) -> None:
                said.append(str(record.query))  # type: ignore[attr-defined]

            connection.add_query_logger(note)
            await list_deeds(work, asked, limit=51)
            connection.remove_query_logger(note)
            rows = await work.fetch(
                "SELECT sum(idx_tup_fetch + seq_tup_read) AS read FROM pg_stat_xact_user_tables WHERE relname IN ('history', 'audit')"
            )

        assert 1 == len(said)
        assert int(rows[0]["read"] or 0) <= 500
