"""Erasing people: who was erased, when and by whom, and that rows name nobody any more."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE customers ADD COLUMN erased_at timestamptz",
    "ALTER TABLE envelopes ADD COLUMN erased_at timestamptz",
    # roots are ids of customers and envelopes. kept says what a law obliges to keep, and until
    # when; what came in after the end is looked for until watched_until, messages from behind
    # inbox_seen on.
    """
    CREATE TABLE erasures (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        carrier text,
        roots uuid[] NOT NULL,
        state text NOT NULL CONSTRAINT erasures_state
            CHECK (state IN ('erasing', 'kept', 'erased')),
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        ended_at timestamptz,
        kept jsonb NOT NULL DEFAULT '[]',
        keeps_until date,
        watched_until timestamptz NOT NULL,
        inbox_seen uuid NOT NULL,
        CONSTRAINT erasures_kept CHECK ((state = 'kept') <= (keeps_until IS NOT NULL))
    )
    """,
    "CREATE INDEX erasures_roots ON erasures USING gin (roots)",
    "CREATE INDEX erasures_of_tenant ON erasures (tenant, id)",
    "CREATE INDEX erasures_under_way ON erasures (id) WHERE state = 'erasing'",
    "CREATE INDEX erasures_until ON erasures (keeps_until) WHERE state = 'kept'",
    "CREATE INDEX erasures_watched ON erasures (watched_until)",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
