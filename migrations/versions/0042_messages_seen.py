"""Messages that have gone are known again by eight bytes instead of sixteen."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE inbox_seen RENAME TO inbox_seen_before",
    # What is in it for ever is in it seven times for each contract.
    "CREATE TABLE inbox_seen (digest bigint CONSTRAINT inbox_seen_digest PRIMARY KEY)",
    "COMMENT ON TABLE inbox_seen IS 'Of each message that has gone a digest (tramita_seen).'",
    """
    INSERT INTO inbox_seen
    SELECT ('x' || substr(replace(digest::text, '-', ''), 1, 16))::bit(64)::bigint
    FROM inbox_seen_before ON CONFLICT DO NOTHING
    """,
    "DROP TABLE inbox_seen_before",
    "DROP FUNCTION tramita_seen",
    """
    CREATE FUNCTION tramita_seen(provider text, vendor_id text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT ('x' || encode(substr(sha256(convert_to(provider || ':' || vendor_id, 'UTF8')), 1, 8),
                              'hex'))::bit(64)::bigint
    $$
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
