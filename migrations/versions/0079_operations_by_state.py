"""What is rare among operations that are not finished is found beside what is frequent.

The index before it goes in the next migration: until then one of the two serves whoever asks.
"""

from tramita.kit.database.indexes import make_indexes

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    make_indexes(
        {
            "operations_unfinished": "operations (state, id) WHERE state IN "
            "('PREPARED', 'SENT', 'NOT_SENT', 'PENDING', 'UNKNOWN', 'NEEDS_ATTENTION')"
        }
    )
