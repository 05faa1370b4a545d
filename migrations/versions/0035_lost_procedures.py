"""A procedure that its signing service does not know for a moment is not lost yet."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE signing_procedures ADD COLUMN lost_since timestamptz")
    op.execute(
        "COMMENT ON COLUMN signing_procedures.lost_since IS 'Since when the signing service says "
        "that it has no procedure of this reference; empty while it has.'"
    )
