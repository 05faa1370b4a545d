"""Until when a lender decides about a proposal that it has taken."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE envelope_contracts ADD COLUMN decides_by timestamptz")
