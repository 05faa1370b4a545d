"""A person may act on many operations at once, and take a case for themselves."""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE bulk_acts (
        id uuid PRIMARY KEY,
        action text NOT NULL
            CONSTRAINT bulk_acts_action CHECK (action IN ('ask_again', 'send_again', 'mark_refused')),
        actor text NOT NULL,
        note text,
        total integer NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        tenant text NOT NULL,
        carrier text,
        CONSTRAINT bulk_acts_note CHECK (note IS NOT NULL OR ended_at IS NOT NULL)
    )
    """,
    "COMMENT ON TABLE bulk_acts IS 'What a person did to many operations at once; note is emptied when "
    "each has its answer, as the history has it then.'",
    """
    CREATE TABLE bulk_act_items (
        bulk_id uuid NOT NULL REFERENCES bulk_acts (id) ON DELETE CASCADE,
        operation_id uuid NOT NULL,
        result text CONSTRAINT bulk_act_items_result CHECK (result IN ('done', 'refused')),
        said text,
        PRIMARY KEY (bulk_id, operation_id)
    )
    """,
    "COMMENT ON TABLE bulk_act_items IS 'One operation of these; result is written in the transaction "
    "that acts on it.'",
    "CREATE INDEX bulk_act_items_left ON bulk_act_items (bulk_id, operation_id) WHERE result IS NULL",
    """
    CREATE TABLE attention_claims (
        kind text NOT NULL,
        subject text NOT NULL,
        taken_by text NOT NULL,
        taken_at timestamptz NOT NULL,
        PRIMARY KEY (kind, subject)
    )
    """,
    "COMMENT ON TABLE attention_claims IS 'Who looks after a case that waits for a person.'",
    "CREATE INDEX attention_claims_age ON attention_claims (taken_at, kind, subject)",
)


def upgrade() -> None:
    """Apply."""
    for statement in _STATEMENTS:
        op.execute(statement)
