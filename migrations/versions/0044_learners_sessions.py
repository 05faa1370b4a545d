"""Learners have sessions on their own pages."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE learner_sessions (
        id_hash text PRIMARY KEY,
        learner_id uuid NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL
    )
    """,
    "COMMENT ON TABLE learner_sessions IS 'Who is on the learners'' pages: the SHA-256 of what "
    "only the browser keeps.'",
    "CREATE INDEX learner_sessions_learner ON learner_sessions (learner_id)",
    "CREATE INDEX learner_sessions_age ON learner_sessions (created_at, id_hash)",
)


def upgrade() -> None:
    """Apply."""
    for statement in _STATEMENTS:
        op.execute(statement)
