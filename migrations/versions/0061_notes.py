"""What a person says of a change is kept by itself, encrypted; it stood among the causes.

What was said before moves there as it is: ``tramita keys rotate`` encrypts it, and the causes of
contracts' events.
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE history ADD COLUMN note text",
    "UPDATE history SET note = cause, cause = NULL WHERE cause IS NOT NULL AND ("
    "subject IN ('applications', 'document_jobs') "
    "OR (subject, trigger) IN (('contracts', 'cancel'), ('orders', 'cancel'), "
    "('signing_procedures', 'abort')))",
    "COMMENT ON COLUMN history.note IS 'What a person says of it, encrypted.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
