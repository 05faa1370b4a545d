"""Operations lie by their place: in which state, of which kind, with whom; and those alike together.

The indexes that it takes the place of go in the next migration: until then some serve whoever asks.
"""

from tramita.kit.database.indexes import make_indexes

revision = "0084"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    make_indexes(
        {
            "operations_by_place": "operations (state, kind, provider, id)",
            "operations_alike": "operations (md5(kind || ' ' || provider || ' ' || "
            "regexp_replace(coalesce(reason, ''), "
            "'[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f-]{22}|[0-9]+', '…', 'g')), id) "
            "WHERE state = 'NEEDS_ATTENTION'",
        }
    )
