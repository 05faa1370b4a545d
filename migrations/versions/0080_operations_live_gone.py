"""Operations that are not finished have one index, by state."""

from tramita.kit.database.indexes import drop_index

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    drop_index("operations_live")
