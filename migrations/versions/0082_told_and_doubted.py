"""What a back office is to hear of files, and what it may do yet of which an answer was lost."""

from alembic import op

from tramita.kit.database.indexes import make_indexes

revision = "0082"
down_revision = "0085"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE office_standings ADD COLUMN IF NOT EXISTS files_due_at timestamptz, "
    "ADD COLUMN IF NOT EXISTS doubted_at timestamptz",
    "COMMENT ON COLUMN office_standings.files_due_at IS "
    "'Since when the office is to know of more files; null where it knows of all.'",
    "COMMENT ON COLUMN office_standings.doubted_at IS "
    "'When an act on its document ended of which an answer was lost; null where it was looked at since.'",
    # What was added until now waits for a form that may never come.
    """
    UPDATE office_standings AS s SET files_due_at = tramita_now() FROM applications AS a
    WHERE a.id = s.application_id AND a.onec_ref IS NOT NULL
      AND a.state IN ('new_in_house', 'offer_accepted', 'in_work')
      AND EXISTS (
        SELECT FROM application_documents AS d
        WHERE d.application_id = a.id AND d.origin = 'person' AND d.created_at > (
            SELECT coalesce(max(m.created_at), '-infinity') FROM office_messages AS m
            WHERE m.application_id = a.id AND m.direction = 'out' AND m.kind IN ('application', 'update')))
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
    make_indexes(
        {"office_standings_doubted": "office_standings (doubted_at) WHERE doubted_at IS NOT NULL"}
    )
