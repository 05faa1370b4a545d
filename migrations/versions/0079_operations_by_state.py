"""What is rare among operations that are not finished is found beside what is frequent."""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

STATEMENTS = (
    "DROP INDEX operations_live",
    "CREATE INDEX operations_live ON operations (state, id) WHERE state IN "
    "('PREPARED', 'SENT', 'NOT_SENT', 'PENDING', 'UNKNOWN', 'NEEDS_ATTENTION')",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
