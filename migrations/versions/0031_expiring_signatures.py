"""Finding signing procedures whose time is over costs the same however many there are."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "CREATE INDEX signing_procedures_expiring ON signing_procedures (expires_at) "
        "WHERE state IN ('signing', 'half_signed')"
    )
