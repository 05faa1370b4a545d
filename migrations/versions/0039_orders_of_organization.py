"""An organization's orders are found without looking at everybody's."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("CREATE INDEX orders_of_organization ON orders (organization_id, id)")
