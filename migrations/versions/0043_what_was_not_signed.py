"""What was not signed, and cards that are deleted, are found by their age."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE INDEX signing_procedures_unsigned ON signing_procedures (id)
    WHERE state IN ('refused', 'expired', 'aborted', 'failed')
      AND student_signed_on IS NULL AND title <> ''
    """,
    "CREATE INDEX credit_cards_deleted ON credit_cards (id) WHERE state = 'deleted'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
