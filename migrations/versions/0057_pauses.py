"""A person may pause a provider, or one kind of act of it: what is to be done there waits."""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE provider_pauses (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        kind text,
        paused_by text NOT NULL,
        why text NOT NULL,
        since timestamptz NOT NULL,
        until timestamptz,
        began_at timestamptz NOT NULL,
        resumed_at timestamptz,
        resumed_by text
    )
    """,
    "COMMENT ON TABLE provider_pauses IS 'While a row has not ended, nothing is sent to that provider "
    "of that kind (of any, where none is named).'",
    "COMMENT ON COLUMN provider_pauses.began_at IS 'Since when in the real time that leases run on; "
    "since, until and resumed_at are the platform''s.'",
    # What every taking of an operation looks at: the few that have not ended.
    "CREATE UNIQUE INDEX provider_pauses_open ON provider_pauses (provider, coalesce(kind, '')) "
    "WHERE resumed_at IS NULL",
    "CREATE INDEX provider_pauses_of ON provider_pauses (provider, id)",
)


def upgrade() -> None:
    """Apply."""
    for statement in _STATEMENTS:
        op.execute(statement)
