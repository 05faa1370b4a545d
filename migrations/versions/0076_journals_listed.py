"""Exchanges are found by their place, those of before by what they were for."""

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; a database may have it since its journals were listed first."""
    op.execute(
        "CREATE INDEX IF NOT EXISTS exchanges_by_place ON exchanges "
        "(hashtextextended(provider || '/' || kind || '/' || outcome, 0), started_at, id)"
    )
