"""A back office's refusal says which message it was of: only that of a form holds the form."""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE office_standings ADD COLUMN refused_kind text",
    "COMMENT ON COLUMN office_standings.refused_kind IS "
    "'Which of our messages the refusal is of, as office_messages.kind has it.'",
    # Which it was of nobody knows any more; as before, the form is held.
    "UPDATE office_standings SET refused_kind = 'update' WHERE refusal_code IS NOT NULL",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
