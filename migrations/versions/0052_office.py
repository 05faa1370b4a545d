"""What is exchanged with a back office: numbered messages both ways, and how each application stands there."""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE tenants ADD COLUMN back_office text NOT NULL DEFAULT 'onec'",
    """
    CREATE TABLE office_standings (
        application_id uuid PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
        provider text NOT NULL,
        refusal_code text,
        refusal text,
        refused_revision integer,
        is_cancelled boolean NOT NULL DEFAULT false,
        payment_told text,
        lost_at timestamptz,
        looked_at timestamptz
    )
    """,
    "CREATE INDEX office_standings_lost ON office_standings (lost_at) WHERE lost_at IS NOT NULL",
    "CREATE TABLE office_numbers (tenant text PRIMARY KEY REFERENCES tenants (key), last bigint NOT NULL)",
    # One row for each message; of ours, subject_id is what the outside act is about.
    """
    CREATE TABLE office_messages (
        id uuid PRIMARY KEY,
        tenant text NOT NULL REFERENCES tenants (key),
        direction text NOT NULL CONSTRAINT office_messages_direction CHECK (direction IN ('in', 'out')),
        message_no bigint NOT NULL,
        kind text NOT NULL,
        external_id text NOT NULL,
        application_id uuid,
        subject_id uuid,
        operation_id uuid,
        revision integer,
        state text NOT NULL CONSTRAINT office_messages_state CHECK (state IN (
            'applied', 'ignored', 'rejected', 'sent', 'acknowledged', 'refused')),
        body bytea,
        file text,
        digest bytea,
        status integer,
        answer text,
        tries integer NOT NULL,
        created_at timestamptz NOT NULL,
        handled_at timestamptz,
        fetched_at timestamptz,
        CONSTRAINT office_messages_number UNIQUE (tenant, direction, message_no)
    )
    """,
    "CREATE INDEX office_messages_of ON office_messages (application_id, id)",
    "CREATE INDEX office_messages_about ON office_messages (subject_id, kind, message_no) "
    "WHERE direction = 'out'",
    "CREATE INDEX office_messages_of_operation ON office_messages (operation_id) "
    "WHERE operation_id IS NOT NULL",
    "CREATE INDEX office_messages_kept ON office_messages (created_at) "
    "WHERE state <> 'rejected' AND (body IS NOT NULL OR file IS NOT NULL)",
    "CREATE INDEX office_messages_rejected ON office_messages (tenant, id) WHERE state = 'rejected'",
    "CREATE TRIGGER office_messages_unnames_file AFTER UPDATE OF file ON office_messages "
    "FOR EACH ROW WHEN (OLD.file IS NOT NULL AND OLD.file IS DISTINCT FROM NEW.file) "
    "EXECUTE FUNCTION drop_file('file')",
    "CREATE TRIGGER office_messages_loses_file AFTER DELETE ON office_messages "
    "FOR EACH ROW WHEN (OLD.file IS NOT NULL) EXECUTE FUNCTION drop_file('file')",
    "COMMENT ON TABLE office_standings IS 'How applications stand in a back office, beside their document.'",
    "COMMENT ON TABLE office_numbers IS 'The last number of our messages to a tenant''s back office.'",
    "COMMENT ON TABLE office_messages IS 'Numbered messages from a back office and to it.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
