"""What people had added to applications before a back office was told of it by itself."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.database.old import old_database
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres

# By its reference in 1C: where it stands, and when a file came and who brought it, its form being told at noon.
OLD = {
    "with its form": ("new_in_house", "11:00", "person"),
    "after its form": ("new_in_house", "13:00", "person"),
    "from 1C": ("new_in_house", "13:00", "onec"),
    "given up": ("cancelled", "13:00", "person"),
}


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database with four applications that a back office has."""
    async with old_database(server, "0081") as database:
        for number, (ref, (state, at, origin)) in enumerate(OLD.items()):
            await database.fetch(
                """
                WITH application AS (
                    INSERT INTO applications (id, tenant, origin, kind, state, payment_state, version,
                                              revision, fields, created_at, updated_at, onec_ref)
                    VALUES (gen_random_uuid(), 'house', 'api', 'special', $2, 'none', 1, 1, '{}', now(),
                            now(), $1) RETURNING id
                ), standing AS (
                    INSERT INTO office_standings (application_id, provider)
                    SELECT id, 'onec' FROM application
                ), message AS (
                    INSERT INTO office_messages (id, tenant, direction, message_no, kind, external_id,
                                                 application_id, state, tries, created_at)
                    SELECT gen_random_uuid(), 'house', 'out', $5, 'application', id::text, id,
                           'acknowledged', 0, '2026-11-01 12:00+00' FROM application
                )
                INSERT INTO application_documents (id, application_id, kind, name, sha256, size, media_type,
                                                   origin, is_for_client, actor, created_at)
                SELECT gen_random_uuid(), id, 'contract', 'x', '', 1, 'application/pdf', $4, true, 'x',
                       ('2026-11-01 ' || $3 || '+00')::timestamptz FROM application
                """,
                ref,
                state,
                at,
                origin,
                number + 1,
            )
        yield database


class TestAFile:
    async def test_that_came_after_the_form_is_to_be_told(self, old: Database) -> None:
        """Of what is under way; what had gone with the form, and what 1C made, is known there."""
        await migrate(old)

        rows = await old.fetch(
            "SELECT a.onec_ref, s.files_due_at IS NOT NULL AS is_due FROM office_standings AS s "
            "JOIN applications AS a ON a.id = s.application_id"
        )
        assert {one: one == "after its form" for one in OLD} == {
            row["onec_ref"]: row["is_due"] for row in rows
        }
