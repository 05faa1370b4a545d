"""Who did what, where no move of a life cycle tells it; and what people did, found in the history."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_PEOPLE = "WHERE starts_with(actor, 'user:') OR actor = 'cli'"

STATEMENTS = (
    """
    CREATE TABLE audit (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject_kind text NOT NULL,
        subject_id text,
        tenant text,
        details jsonb NOT NULL,
        request_id text,
        network text
    )
    """,
    "CREATE INDEX audit_at ON audit (at, id)",
    "CREATE INDEX audit_of_actor ON audit (actor, at, id)",
    "CREATE INDEX audit_of_action ON audit (action, at, id)",
    "CREATE INDEX audit_about ON audit (subject_id, at, id) WHERE subject_id IS NOT NULL",
    # Of the history only what people did: what the platform does by itself costs nothing here.
    f"CREATE INDEX history_of_people ON history (at, id) {_PEOPLE}",
    f"CREATE INDEX history_of_person ON history (actor, at, id) {_PEOPLE}",
    f"CREATE INDEX history_by_people ON history (trigger, at, id) {_PEOPLE}",
    "COMMENT ON TABLE audit IS 'Who did what, from where and on what, where no history row tells it.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
