"""Operations that were refused lie by why."""

from tramita.kit.database.indexes import make_indexes

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    make_indexes(
        {
            "operations_refused_alike": "operations (md5(kind || ' ' || provider || ' ' || "
            "regexp_replace(coalesce(reason, ''), "
            "'[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f-]{22}|[0-9]+', '…', 'g')), id) "
            "WHERE state = 'REFUSED'",
        }
    )
