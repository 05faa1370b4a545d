"""Outgoing webhooks: endpoints, events with frozen bodies, deliveries, attempts."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE webhook_endpoints (
        id uuid PRIMARY KEY,
        url text NOT NULL,
        description text NOT NULL,
        event_types text[] CONSTRAINT webhook_endpoints_types
            CHECK (cardinality(event_types) > 0),
        state text NOT NULL CONSTRAINT webhook_endpoints_state
            CHECK (state IN ('enabled', 'disabled')),
        secret text NOT NULL CONSTRAINT webhook_endpoints_secret CHECK (secret LIKE 'whsec_%'),
        previous_secret text,
        previous_secret_until timestamptz,
        failing_since timestamptz,
        created_at timestamptz NOT NULL,
        disabled_at timestamptz,
        disabled_reason text,
        CONSTRAINT webhook_endpoints_previous CHECK (
            (previous_secret IS NULL) = (previous_secret_until IS NULL)),
        CONSTRAINT webhook_endpoints_reason CHECK (
            (disabled_at IS NULL) = (disabled_reason IS NULL)),
        CONSTRAINT webhook_endpoints_disabled CHECK (state = 'disabled' OR disabled_at IS NULL)
    )
    """,
    """
    CREATE TABLE webhook_events (
        id text PRIMARY KEY CONSTRAINT webhook_events_id CHECK (id ~ '^evt_[0-9a-f]{32}$'),
        type text NOT NULL,
        occurred_at timestamptz NOT NULL,
        body text NOT NULL,
        subject_id uuid NOT NULL
    )
    """,
    "CREATE INDEX webhook_events_subject ON webhook_events (subject_id, id)",
    "CREATE INDEX webhook_events_type ON webhook_events (type, id)",
    "CREATE INDEX webhook_events_age ON webhook_events (occurred_at)",
    """
    CREATE TABLE webhook_deliveries (
        id uuid PRIMARY KEY,
        event_id text NOT NULL REFERENCES webhook_events (id) ON DELETE CASCADE,
        endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
        state text NOT NULL CONSTRAINT webhook_deliveries_state CHECK (state IN (
            'waiting', 'sending', 'delivered', 'failed', 'cancelled')),
        attempts integer NOT NULL,
        tries integer NOT NULL CONSTRAINT webhook_deliveries_tries
            CHECK (tries BETWEEN 0 AND attempts),
        is_held boolean NOT NULL,
        next_attempt_at timestamptz,
        lease_until timestamptz,
        wake_at timestamptz NOT NULL,
        CONSTRAINT webhook_deliveries_once UNIQUE (event_id, endpoint_id),
        CONSTRAINT webhook_deliveries_due CHECK (state <> 'waiting' OR next_attempt_at IS NOT NULL),
        CONSTRAINT webhook_deliveries_lease CHECK (state <> 'sending' OR lease_until IS NOT NULL)
    )
    """,
    "CREATE INDEX webhook_deliveries_open ON webhook_deliveries (endpoint_id, state) "
    "WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX webhook_deliveries_held ON webhook_deliveries (endpoint_id, next_attempt_at) "
    "WHERE is_held",
    "CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id)",
    "CREATE INDEX webhook_deliveries_wake ON webhook_deliveries (wake_at) "
    "WHERE state IN ('waiting', 'sending')",
    """
    CREATE TABLE webhook_attempts (
        delivery_id uuid NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
        number integer NOT NULL,
        started_at timestamptz NOT NULL,
        status integer,
        error text,
        answer text NOT NULL,
        milliseconds integer,
        PRIMARY KEY (delivery_id, number)
    )
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
