"""An idempotency key may name the operation that its request has begun."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE idempotency_keys ADD COLUMN act text")
    # Secrets that were shown once lie in these answers.
    op.execute("DELETE FROM idempotency_keys WHERE scope LIKE '%POST /api/v1/webhooks/endpoints%'")
