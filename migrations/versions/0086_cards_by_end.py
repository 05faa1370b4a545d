"""Cards in use lie by the month in which they end, for whoever looks at them every night."""

from tramita.kit.database.indexes import make_indexes

revision = "0086"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    on = "credit_cards (expiration_year, expiration_month, id) WHERE state = 'active'"
    make_indexes({"credit_cards_by_end": on})
