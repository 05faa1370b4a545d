"""Lists, counts and sweeps cost the same however many rows there are."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Lists of operations: by kind; what was refused, of all and of a kind; what is not finished.
    "CREATE INDEX operations_by_kind ON operations (kind, id)",
    "CREATE INDEX operations_refused ON operations (id) WHERE state = 'REFUSED'",
    "CREATE INDEX operations_refused_by_kind ON operations (kind, id) WHERE state = 'REFUSED'",
    "CREATE INDEX operations_live ON operations (id) WHERE state IN "
    "('PREPARED', 'SENT', 'NOT_SENT', 'PENDING', 'UNKNOWN', 'NEEDS_ATTENTION')",
    "CREATE INDEX envelopes_by_state ON envelopes (state, id)",
    "CREATE INDEX phone_number_by_ddd ON phone_number (ddd, id)",
    "CREATE INDEX inbox_emptied ON inbox (id) WHERE body IS NULL",
    # A wish of which a number was reserved stays, and is noted so as not to be looked at again.
    "ALTER TABLE pre_reservation ADD COLUMN is_taken boolean NOT NULL DEFAULT false",
    "CREATE INDEX pre_reservation_not_taken ON pre_reservation (id) WHERE NOT is_taken",
    """
    COMMENT ON TABLE pre_reservation IS
    'What the provider was, or is about to be, asked to hold; written before it is asked. expires_at is until when it may be chosen from, hold_until when the provider holds nothing of it any more, both counted from before the call. is_taken is noted long after: a number was reserved of it, so it stays.'
    """,
    "COMMENT ON TABLE inbox_seen IS 'Of each message that has gone a digest (tramita_seen).'",
    # A part of a contract's name is found by all three letters in a row that it has.
    """
    CREATE FUNCTION tramita_trigrams(words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT ARRAY(SELECT DISTINCT substr(lower(words), i, 3)
                     FROM generate_series(1, length(lower(words)) - 2) AS i)
    $$
    """,
    "CREATE INDEX contracts_by_name ON contracts USING gin (tramita_trigrams(name))",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
