"""What is settled names no job: it is acted on no more, and stays for years.

Of what was settled before, rows stay as they are: nobody reads it there.
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE operations ALTER COLUMN job DROP NOT NULL",
    # Not valid: it holds for what is written from now on, and no row is looked at.
    "ALTER TABLE operations ADD CONSTRAINT operations_job "
    "CHECK (job IS NOT NULL OR state IN ('SUCCEEDED', 'REFUSED')) NOT VALID",
    "COMMENT ON COLUMN operations.job IS 'Who acts on it; empty once it is settled, as ask_job is.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
