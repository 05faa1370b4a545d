"""What lists of operations were read by before they lay by their place."""

from tramita.kit.database.indexes import drop_index

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for name in (
        "operations_unfinished",
        "operations_by_kind",
        "operations_refused",
        "operations_refused_by_kind",
    ):
        drop_index(name)
