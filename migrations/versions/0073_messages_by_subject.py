"""What was posted about a thing is found by it; nobody waits while this is made."""

from tramita.kit.database.indexes import make_indexes

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    make_indexes({"inbox_subject": "inbox (subject_id) WHERE subject_id IS NOT NULL"})
