"""How much tenants and guests have had kept within an hour."""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE quotas (
        hour timestamptz NOT NULL,
        key text NOT NULL,
        taken bigint NOT NULL,
        PRIMARY KEY (hour, key)
    )
    """,
    "COMMENT ON TABLE quotas IS 'How much tenants and guests have had kept within an hour.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
