"""Each tenant has its own list of agents: the same Telegram id may stand on several."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE agents DROP CONSTRAINT agents_telegram",
    "ALTER TABLE agents ADD CONSTRAINT agents_telegram UNIQUE (tenant, telegram_id)",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
