"""What was posted about a thing is found by it; whoever only reads messages does not wait for this."""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("CREATE INDEX inbox_subject ON inbox (subject_id) WHERE subject_id IS NOT NULL")
