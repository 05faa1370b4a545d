"""What was perhaps done is unknown, and no longer listed as not sent."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. The texts are those with which such an outcome was recorded so far."""
    op.execute(
        """
        UPDATE operations SET state = 'UNKNOWN', unknown_since = coalesce(unknown_since, now())
        WHERE state = 'NOT_SENT' AND (
            reason LIKE 'perhaps done, %' OR reason LIKE 'accepted as %, to be asked'
            OR reason LIKE 'refused (%), and not asked since whether it is done: %')
        """
    )
