"""A tenant says how much one application may ask for."""

from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE tenants ADD COLUMN amount_limits jsonb NOT NULL DEFAULT '{}'",
    "COMMENT ON COLUMN tenants.amount_limits IS "
    "'The most that one application may ask for, as a text with a dot, by currency.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
