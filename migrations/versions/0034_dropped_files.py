"""A file that no row names any more is noted, so that it goes from where files are kept."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_NAMES = (("documents", "file"), ("signing_procedures", "signed_file"))


def upgrade() -> None:
    """Apply."""
    op.execute(
        "CREATE TABLE dropped_files (digest text PRIMARY KEY, dropped_at timestamptz NOT NULL)"
    )
    op.execute(
        "COMMENT ON TABLE dropped_files IS 'Files, by digest, that a row named and names no more. "
        "They are deleted where no other row names them.'"
    )
    op.execute(
        """
        CREATE FUNCTION drop_file() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO dropped_files (digest, dropped_at)
            VALUES (to_jsonb(OLD) ->> TG_ARGV[0], clock_timestamp())
            ON CONFLICT (digest) DO UPDATE SET dropped_at = excluded.dropped_at;
            RETURN NULL;
        END $$
        """
    )
    for table, column in _NAMES:
        op.execute(f"CREATE INDEX {table}_of_file ON {table} ({column}) WHERE {column} IS NOT NULL")
        op.execute(
            f"CREATE TRIGGER {table}_unnames_file AFTER UPDATE OF {column} ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column}) "
            f"EXECUTE FUNCTION drop_file('{column}')"
        )
        op.execute(
            f"CREATE TRIGGER {table}_loses_file AFTER DELETE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS NOT NULL) EXECUTE FUNCTION drop_file('{column}')"
        )
