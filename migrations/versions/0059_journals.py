"""Journals are listed and narrowed at a cost that does not grow with what stands in them.

What exchanges of before were for, and their index, comes later, so that nobody waits for that.
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE exchanges ADD COLUMN kind text NOT NULL DEFAULT ''",
    "COMMENT ON COLUMN exchanges.kind IS 'Of the operation for which it was; empty: of none.'",
    "CREATE INDEX inbox_by_provider ON inbox (provider, received_at, id)",
    "CREATE INDEX inbox_aside ON inbox (provider, received_at) WHERE not_understood IS NOT NULL",
    "CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (endpoint_id, state, id)",
    "DROP INDEX webhook_deliveries_endpoint",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
