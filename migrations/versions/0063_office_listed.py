"""What is looked for among a back office's messages and the documents it was asked for, by index.

Also files that somebody handed in without a message, and what was refused of a back office: their
time ends too.
"""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE INDEX office_messages_waiting ON office_messages (tenant, message_no) "
    "WHERE direction = 'out' AND state = 'sent'",
    "CREATE INDEX office_messages_by_state ON office_messages (state, id)",
    "CREATE INDEX office_messages_refused ON office_messages (id) "
    "WHERE state = 'rejected' AND (body IS NOT NULL OR file IS NOT NULL)",
    "CREATE INDEX document_jobs_stored ON document_jobs (created_at) WHERE state = 'stored'",
    "CREATE INDEX chat_assets_handed_in ON chat_assets (id) WHERE chat_message_id IS NULL",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
