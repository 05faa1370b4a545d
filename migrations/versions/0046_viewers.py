"""Accounts that look and do not act."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "ALTER TABLE accounts DROP CONSTRAINT accounts_role, "
        "ADD CONSTRAINT accounts_role CHECK (role IN ('viewer', 'operator', 'admin'))"
    )
