"""How somebody who signs in wants to be spoken to: language, time zone, shortcuts of one key."""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE accounts
        ADD COLUMN language text,
        ADD COLUMN time_zone text,
        ADD COLUMN single_keys boolean NOT NULL DEFAULT true
    """,
    "COMMENT ON COLUMN accounts.language IS 'Empty: that of the browser; as is time_zone.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
