"""Finding the few messages that wait among all that were ever received."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "CREATE INDEX inbox_waiting ON inbox (provider, received_at) WHERE processed_at IS NULL"
    )
