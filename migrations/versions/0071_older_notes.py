"""What people said of moves before notes stood by themselves stands with the others' notes.

It moves there as it is: ``tramita keys rotate`` encrypts it.
"""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

# What people did is found by an index of its own, however long the history is.
STATEMENTS = (
    "UPDATE history SET note = cause, cause = NULL "
    "WHERE starts_with(actor, 'user:') AND cause IS NOT NULL AND note IS NULL",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
