"""Messages that nobody can read are marked as such; a processed one's body may be emptied."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE inbox ADD COLUMN not_understood text")
    # What a message is known again by stays for ever; its body need not.
    op.execute("ALTER TABLE inbox ALTER COLUMN body DROP NOT NULL")
    op.execute(
        "ALTER TABLE inbox ADD CONSTRAINT inbox_body_until_processed "
        "CHECK (body IS NOT NULL OR processed_at IS NOT NULL)"
    )
    # An activation that SMT has accepted is asked about by its own job, as everybody's are.
    op.execute(
        "UPDATE operations SET ask_job = 'smt.ask_service' WHERE kind = 'smt.activate_service' "
        "AND state NOT IN ('SUCCEEDED', 'REFUSED')"
    )
    op.execute(
        "CREATE INDEX inbox_not_understood ON inbox (received_at) WHERE not_understood IS NOT NULL"
    )
