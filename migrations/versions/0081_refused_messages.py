"""A back office's refusal says which message it was of: only that of a form holds the form."""

from alembic import op

from tramita.kit.database.tables import change_tables

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE office_standings ADD COLUMN IF NOT EXISTS refused_kind text",
    "COMMENT ON COLUMN office_standings.refused_kind IS "
    "'Which of our messages the refusal is of, as office_messages.kind has it.'",
)
# Which it was of nobody knows any more; as before, the form is held.
BEFORE = (
    "UPDATE office_standings SET refused_kind = 'update' "
    "WHERE refusal_code IS NOT NULL AND refused_kind IS NULL"
)


def upgrade() -> None:
    """Apply."""
    change_tables(STATEMENTS)
    op.execute(BEFORE)
