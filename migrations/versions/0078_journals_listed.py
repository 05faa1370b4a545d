"""Exchanges are found by their place, those of before by what they were for."""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; a database may have it since its journals were listed first."""
    op.execute(
        "CREATE INDEX IF NOT EXISTS exchanges_by_place ON exchanges "
        "(hashtextextended(provider || '/' || kind || '/' || outcome, 0), started_at, id)"
    )
