"""Exchanges are found by their place, those of before by what they were for; nobody waits meanwhile."""

from tramita.kit.database.indexes import make_indexes

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; a database may have it since its journals were listed first."""
    make_indexes(
        {
            "exchanges_by_place": "exchanges (hashtextextended(provider || '/' || kind || '/' || "
            "outcome, 0), started_at, id)"
        }
    )
