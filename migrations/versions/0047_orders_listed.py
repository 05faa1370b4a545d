"""Lists and counts of orders cost the same however many there are."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for column in ("organization_id", "product_id"):
        op.execute(f"CREATE INDEX orders_by_{column} ON orders ({column}, state, id)")
    op.execute("CREATE INDEX orders_by_state ON orders (state, id)")
