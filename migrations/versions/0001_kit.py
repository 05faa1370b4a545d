"""The kit's own tables: clock, history, operations, exchanges, inbox, keys, tokens."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    # The platform's time. The offset is zero in production and moved only in demo and test.
    "CREATE TABLE clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), "
    "\"offset\" interval NOT NULL DEFAULT interval '0')",
    "INSERT INTO clock DEFAULT VALUES",
    "CREATE FUNCTION tramita_now() RETURNS timestamptz LANGUAGE sql STABLE AS "
    "'SELECT now() + (SELECT \"offset\" FROM clock)'",
    """
    CREATE TABLE history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subject text NOT NULL,
        subject_id uuid NOT NULL,
        from_state text NOT NULL,
        to_state text NOT NULL,
        trigger text NOT NULL,
        actor text NOT NULL,
        cause text,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX history_subject ON history (subject_id)",
    """
    CREATE TABLE operations (
        id uuid PRIMARY KEY,
        key text NOT NULL UNIQUE,
        kind text NOT NULL,
        provider text NOT NULL,
        job text NOT NULL,
        subject_id uuid NOT NULL,
        state text NOT NULL CONSTRAINT operations_state CHECK (state IN (
            'PREPARED', 'SENT', 'SUCCEEDED', 'PENDING', 'REFUSED', 'NOT_SENT', 'UNKNOWN',
            'NEEDS_ATTENTION')),
        attempts integer NOT NULL,
        epoch integer NOT NULL,
        reference text,
        reason text,
        created_at timestamptz NOT NULL,
        sent_at timestamptz,
        due_at timestamptz NOT NULL,
        lease_until timestamptz NOT NULL,
        settled_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX operations_one_live ON operations (kind, subject_id) "
    "WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'PENDING', 'UNKNOWN', 'NEEDS_ATTENTION')",
    "CREATE INDEX operations_subject ON operations (subject_id)",
    "CREATE INDEX operations_leased ON operations (lease_until) "
    "WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT')",
    "CREATE INDEX operations_attention ON operations (id) "
    "WHERE state IN ('UNKNOWN', 'NEEDS_ATTENTION')",
    """
    CREATE TABLE exchanges (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        operation_id uuid NOT NULL,
        attempt integer NOT NULL,
        provider text NOT NULL,
        method text NOT NULL,
        path text NOT NULL,
        request text NOT NULL,
        status integer,
        answer text NOT NULL,
        error text,
        outcome text NOT NULL,
        started_at timestamptz NOT NULL,
        milliseconds integer NOT NULL
    )
    """,
    "CREATE INDEX exchanges_operation ON exchanges (operation_id)",
    """
    CREATE TABLE inbox (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        vendor_id text NOT NULL,
        body bytea NOT NULL,
        received_at timestamptz NOT NULL,
        processed_at timestamptz,
        CONSTRAINT inbox_once UNIQUE (provider, vendor_id)
    )
    """,
    """
    CREATE TABLE idempotency_keys (
        scope text NOT NULL,
        key text NOT NULL,
        body_hash text NOT NULL,
        status integer,
        content_type text,
        body bytea,
        started_at timestamptz NOT NULL,
        PRIMARY KEY (scope, key)
    )
    """,
    "CREATE INDEX idempotency_keys_age ON idempotency_keys (started_at)",
    """
    CREATE TABLE service_tokens (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE,
        hash text NOT NULL UNIQUE,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz
    )
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
