"""Messages that have gone are known again by a digest; rows that go are found by their age."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATEMENTS = (
    # 16 bytes of SHA-256 as a uuid, the smallest thing with an index.
    "CREATE TABLE inbox_seen (digest uuid PRIMARY KEY)",
    """
    CREATE FUNCTION tramita_seen(provider text, vendor_id text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT encode(substr(sha256(convert_to(provider || ':' || vendor_id, 'UTF8')), 1, 16),
                      'hex')::uuid
    $$
    """,
    "CREATE INDEX idempotency_keys_answered ON idempotency_keys (started_at, scope, key) "
    "WHERE body IS NOT NULL",
    "CREATE INDEX account_sessions_age ON account_sessions (created_at, id_hash)",
    "CREATE INDEX login_attempts_age ON login_attempts (last_at, key)",
    # A wish for numbers goes with its preview and the numbers shown in that, and is found
    # where numbers and previews name it.
    "CREATE INDEX phone_number_wish ON phone_number (pre_reservation_id) "
    "WHERE pre_reservation_id IS NOT NULL",
    "CREATE INDEX preview_superseded ON preview (superseded_by) WHERE superseded_by IS NOT NULL",
    "ALTER TABLE preview DROP CONSTRAINT preview_id_fkey, ADD CONSTRAINT preview_id_fkey "
    "FOREIGN KEY (id) REFERENCES pre_reservation (id) ON DELETE CASCADE",
    "ALTER TABLE preview DROP CONSTRAINT preview_superseded_by_fkey, "
    "ADD CONSTRAINT preview_superseded_by_fkey "
    "FOREIGN KEY (superseded_by) REFERENCES pre_reservation (id) ON DELETE SET NULL",
    "ALTER TABLE preview_number DROP CONSTRAINT preview_number_preview_id_fkey, "
    "ADD CONSTRAINT preview_number_preview_id_fkey "
    "FOREIGN KEY (preview_id) REFERENCES preview (id) ON DELETE CASCADE",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
