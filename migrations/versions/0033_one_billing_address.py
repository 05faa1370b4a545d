"""An order's billing address is its account's alone."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Whatever is to be paid has an account, with the address that was given."""
    op.execute("ALTER TABLE orders DROP COLUMN billing_address")
