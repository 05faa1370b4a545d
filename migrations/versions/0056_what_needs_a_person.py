"""What of applications needs a person is found without reading those that need none.

Money of applications that ended without being done; requests for documents that wait, or failed.
"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE INDEX applications_stranded ON applications (payment_moved_at) "
    "WHERE state IN ('cancelled', 'rejected') "
    "AND payment_state IN ('funds_received', 'paid_out', 'problem')",
    "CREATE INDEX document_jobs_unmet ON document_jobs (created_at) "
    "WHERE state IN ('requested', 'queued', 'generating', 'ready', 'failed')",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
