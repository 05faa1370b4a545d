"""An endpoint whose secret is changed again signs by those before as well."""

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE webhook_endpoints ADD COLUMN older_secrets text[] NOT NULL DEFAULT '{}'",
    "COMMENT ON COLUMN webhook_endpoints.older_secrets IS "
    "'Those before previous_secret, which sign as long as it does: it was changed again meanwhile.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
