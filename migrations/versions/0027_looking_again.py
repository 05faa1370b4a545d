"""When it is time to look for what came in about somebody who was erased."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE erasures ADD COLUMN look_at timestamptz NOT NULL DEFAULT now()")
    op.execute("ALTER TABLE erasures ALTER COLUMN look_at DROP DEFAULT")
    op.execute("DROP INDEX erasures_watched")
    op.execute("CREATE INDEX erasures_to_look_at ON erasures (look_at)")
