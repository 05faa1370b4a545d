"""What is rare among operations that are not finished is found beside what is frequent.

The index before it goes in the next migration, so that nobody who only reads waits for this one.
"""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "CREATE INDEX operations_unfinished ON operations (state, id) WHERE state IN "
        "('PREPARED', 'SENT', 'NOT_SENT', 'PENDING', 'UNKNOWN', 'NEEDS_ATTENTION')"
    )
