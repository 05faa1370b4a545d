"""What a person says of a change is kept by itself, encrypted; it stood among the causes.

What was said before moves there later, so that nobody waits for that.
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE history ADD COLUMN note text",
    "COMMENT ON COLUMN history.note IS 'What a person says of it, encrypted.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
