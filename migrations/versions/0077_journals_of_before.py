"""What exchanges of before were for, and what a person said of moves of before, stands where it does now.

Rows alone are locked for it, which nobody changes: whoever reads or writes down something new goes on
meanwhile. What was said moves as it is: ``tramita keys rotate`` encrypts it, and the causes of
contracts' events. On a database that has it already nothing is left to do.
"""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

STATEMENTS = (
    "UPDATE exchanges AS e SET kind = o.kind FROM operations AS o "
    "WHERE o.id = e.operation_id AND e.kind = ''",
    "UPDATE history SET note = cause, cause = NULL WHERE cause IS NOT NULL AND note IS NULL AND ("
    "subject IN ('applications', 'document_jobs') "
    "OR (subject, trigger) IN (('contracts', 'cancel'), ('orders', 'cancel'), "
    "('signing_procedures', 'abort')))",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
