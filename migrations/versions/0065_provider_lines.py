"""Each process tells of its lines to providers; what was said to them is counted by the hour."""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE provider_lines (
        provider text NOT NULL,
        process text NOT NULL,
        breaker text NOT NULL CONSTRAINT provider_lines_breaker
            CHECK (breaker IN ('closed', 'open', 'probing')),
        in_flight integer NOT NULL,
        places integer NOT NULL,
        answered_at timestamptz,
        failed_at timestamptz,
        failure text,
        seen_at timestamptz NOT NULL,
        closes boolean NOT NULL,
        PRIMARY KEY (provider, process)
    ) WITH (fillfactor = 50)
    """,
    "COMMENT ON TABLE provider_lines IS 'How the lines of each process are, told every five seconds; "
    "seen_at is real time.'",
    "COMMENT ON COLUMN provider_lines.closes IS 'A person wants the breaker closed.'",
    # Rows come in the order of their times: the last hour is in the last few pages.
    "CREATE INDEX exchanges_started ON exchanges USING brin (started_at) WITH (pages_per_range = 16)",
    """
    CREATE TABLE provider_hours (
        hour timestamptz NOT NULL,
        provider text NOT NULL,
        exchanges integer NOT NULL,
        failed integer NOT NULL,
        p50 integer NOT NULL,
        p95 integer NOT NULL,
        PRIMARY KEY (hour, provider)
    )
    """,
    "COMMENT ON TABLE provider_hours IS 'What was said to a provider within an hour, of platform time, and "
    "how many milliseconds it took.'",
    """
    INSERT INTO provider_hours
    SELECT date_trunc('hour', started_at), provider, count(*), count(error),
           percentile_disc(0.5) WITHIN GROUP (ORDER BY milliseconds),
           percentile_disc(0.95) WITHIN GROUP (ORDER BY milliseconds)
    FROM exchanges WHERE started_at > tramita_now() - interval '8 days' GROUP BY 1, 2
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in _STATEMENTS:
        op.execute(statement)
