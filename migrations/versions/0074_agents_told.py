"""A back office is told who works on an application now, where that has changed since it was sent."""

from tramita.kit.database.tables import change_tables

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE office_standings ADD COLUMN IF NOT EXISTS agent_due_at timestamptz",
    "COMMENT ON COLUMN office_standings.agent_due_at IS "
    "'Since when the office is to know of another agent; null where it does.'",
)


def upgrade() -> None:
    """Apply."""
    change_tables(STATEMENTS)
