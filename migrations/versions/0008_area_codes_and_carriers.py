"""The area codes of Brazil, and tokens that are bound to one carrier."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = ("ALTER TABLE service_tokens ADD COLUMN carrier text",)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
