"""Lines that ran before they had a table stand in it where they stood."""

from uuid import UUID

from tests.kit.database.old import old_database
from tramita.contracts.service import get_contract
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.identifiers import new_id
from tramita.numbering.contracts.lines import lock_line

CASES = [
    # What the contract's record said, where its number stood, and where its line is.
    ('{"status": "REQUESTED"}', None, "REQUESTED"),
    ('{"status": "RESERVING"}', "RESERVING", "REQUESTED"),
    ('{"status": "RESERVED", "number_id": "1"}', "RESERVED", "NUMBERED"),
    ('{"status": "ASSIGNED", "number_id": "1"}', "ASSIGNED", "NUMBERED"),
    ('{"status": "RESERVED", "number_id": "1"}', None, "NUMBERED"),
    ('{"status": "IN_USE", "number_id": "1"}', "IN_USE", "LIVE"),
    ('{"status": "SUSPENDED", "number_id": "1"}', "SUSPENDED", "LIVE"),
    ('{"status": "QUARANTINE", "number_id": "1"}', "QUARANTINE", "ENDED"),
    ('{"status": "RETURNED", "number_id": "1"}', None, "RETURNED"),
    ('{"status": "FAILED", "is_failed": true}', None, "FAILED"),
    ('{"status": "CANCELLED", "is_failed": true}', None, "CANCELLED"),
]


async def put(database: Database, record: str, status: str | None) -> UUID:
    """A mobile contract, and its number if it has one."""
    id_ = new_id()
    await database.fetch(
        """
        INSERT INTO contracts (id, name, backend, state, activated, created_at,
                               external_references, backend_record, version)
        VALUES ($1, 'A line', 'vivo', 'created', false, now(), '{}', $2::text::jsonb, 1)
        """,
        id_,
        record,
    )
    if status is not None:
        await database.fetch(
            """
            INSERT INTO phone_number (id, msisdn, origin, status, epoch, provider_release,
                                      contract_id, created_at, updated_at)
            VALUES ($1, $2, 'VIVO', $3, 1, 'NOT_NEEDED', $4, now(), now())
            """,
            new_id(),
            f"55119{id_.int % 10**8:08}",
            status,
            id_,
        )
    return id_


class TestLines:
    async def test_stand_where_they_stood(self, server: EmbeddedPostgres) -> None:
        """By their number, or by what their contract's record said of one that has gone."""
        async with old_database(server, "0018") as database:
            ids = [await put(database, record, status) for record, status, _ in CASES]

            await migrate(database)

            rows = await database.fetch("SELECT id, state FROM mobile_lines")
        states = {row["id"]: row["state"] for row in rows}
        assert [state for _, _, state in CASES] == [states[id_] for id_ in ids]

    async def test_without_a_row_begin_where_they_stand(self, database: Database) -> None:
        """A process of the release before, still up, ends and begins lines without one."""
        gone = [(record, state) for record, status, state in CASES if status is None]
        ids = [await put(database, record, None) for record, _ in gone]

        async with database.unit_of_work() as work:
            begun = [await lock_line(work, await get_contract(work, id_)) for id_ in ids]
            again = [await lock_line(work, await get_contract(work, id_)) for id_ in ids]

        assert [state for _, state in gone] == begun == again
