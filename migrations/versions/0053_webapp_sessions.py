"""People who open the Mini App have sessions."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE webapp_sessions (
        id_hash text PRIMARY KEY,
        chat_id uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
        telegram_id bigint NOT NULL,
        name text NOT NULL,
        language text NOT NULL,
        browser_hash text NOT NULL,
        signed_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL
    )
    """,
    "COMMENT ON TABLE webapp_sessions IS 'Who has opened the Mini App from a chat: the SHA-256 of "
    "what only their browser keeps.'",
    "CREATE INDEX webapp_sessions_person ON webapp_sessions (chat_id, telegram_id)",
    "CREATE INDEX webapp_sessions_age ON webapp_sessions (created_at, id_hash)",
)


def upgrade() -> None:
    """Apply."""
    for statement in _STATEMENTS:
        op.execute(statement)
