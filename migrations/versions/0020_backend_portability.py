"""Portability's contracts have a backend of its own name, whoever lends."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("UPDATE contracts SET backend = 'portability' WHERE backend = 'qitech'")
