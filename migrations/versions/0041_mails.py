"""E-mails: each once for its cause, its way to the mail server, and every attempt."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE TABLE mail_servers (id uuid PRIMARY KEY, since timestamptz NOT NULL)",
    "INSERT INTO mail_servers VALUES ('0192f5d0-0000-7000-8000-000000000025', tramita_now())",
    """
    CREATE TABLE mails (
        id uuid PRIMARY KEY,
        cause text NOT NULL CONSTRAINT mails_once UNIQUE,
        template text NOT NULL,
        subject_id uuid NOT NULL,
        tenant text NOT NULL,
        carrier text,
        language text NOT NULL,
        recipient text,
        facts jsonb,
        written_at timestamptz NOT NULL,
        CONSTRAINT mails_forgotten CHECK ((recipient IS NULL) = (facts IS NULL))
    )
    """,
    "CREATE INDEX mails_subject ON mails (subject_id, id)",
    "CREATE INDEX mails_known ON mails (id) WHERE recipient IS NOT NULL",
    """
    CREATE TABLE mail_deliveries (
        id uuid PRIMARY KEY,
        mail_id uuid NOT NULL CONSTRAINT mail_deliveries_once UNIQUE REFERENCES mails ON DELETE CASCADE,
        server_id uuid NOT NULL REFERENCES mail_servers,
        state text NOT NULL CONSTRAINT mail_deliveries_state CHECK (state IN (
            'waiting', 'sending', 'delivered', 'failed', 'cancelled', 'refused', 'unknown')),
        attempts integer NOT NULL,
        tries integer NOT NULL CONSTRAINT mail_deliveries_tries CHECK (tries BETWEEN 0 AND attempts),
        is_held boolean NOT NULL,
        next_attempt_at timestamptz,
        lease_until timestamptz,
        wake_at timestamptz NOT NULL,
        CONSTRAINT mail_deliveries_due CHECK (state <> 'waiting' OR next_attempt_at IS NOT NULL),
        CONSTRAINT mail_deliveries_lease CHECK (state <> 'sending' OR lease_until IS NOT NULL)
    )
    """,
    "CREATE INDEX mail_deliveries_sending ON mail_deliveries (server_id) WHERE state = 'sending'",
    "CREATE INDEX mail_deliveries_held ON mail_deliveries (server_id, next_attempt_at) WHERE is_held",
    "CREATE INDEX mail_deliveries_wake ON mail_deliveries (wake_at) "
    "WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX mail_deliveries_ended ON mail_deliveries (state, mail_id) "
    "WHERE state IN ('failed', 'refused', 'unknown')",
    """
    CREATE TABLE mail_attempts (
        delivery_id uuid NOT NULL REFERENCES mail_deliveries ON DELETE CASCADE,
        number integer NOT NULL,
        started_at timestamptz NOT NULL,
        handed_at timestamptz,
        status integer,
        error text,
        answer text NOT NULL,
        milliseconds integer,
        PRIMARY KEY (delivery_id, number)
    )
    """,
    "COMMENT ON TABLE mail_servers IS 'The one mail server that takes what we send, and since when "
    "there are e-mails; where it is, the settings say.'",
    "COMMENT ON TABLE mails IS 'One e-mail, with the facts it is made of. Its cause stays when whom it "
    "went to and what it said are forgotten, so that none is ever written twice.'",
    "COMMENT ON TABLE mail_deliveries IS 'An e-mail on its way, as webhook_deliveries are. unknown: "
    "its text was handed over and nobody heard whether it was taken.'",
    "COMMENT ON TABLE mail_attempts IS 'One attempt, written before it is made. From handed_at on the "
    "text may have arrived.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
