"""Each file is encrypted with a key of its own, which stands in the database.

Files from before are put anew by `tramita keys rotate`; until then they have no key.
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE stored_files (
        name text PRIMARY KEY,
        key text NOT NULL,
        drop_at timestamptz
    )
    """,
    "COMMENT ON TABLE stored_files IS 'Files, by name, with their keys. From drop_at on one is "
    "deleted where no row names it.'",
    "CREATE INDEX stored_files_dropped ON stored_files (drop_at, name) WHERE drop_at IS NOT NULL",
    """
    INSERT INTO stored_files (name, key)
    SELECT file, '' FROM documents WHERE file IS NOT NULL
    UNION SELECT signed_file, '' FROM signing_procedures WHERE signed_file IS NOT NULL
    UNION SELECT file, '' FROM invoices WHERE file IS NOT NULL
    """,
    """
    INSERT INTO stored_files (name, key, drop_at) SELECT digest, '', dropped_at FROM dropped_files
    ON CONFLICT (name) DO UPDATE SET drop_at = excluded.drop_at
    """,
    """
    CREATE OR REPLACE FUNCTION drop_file() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE stored_files SET drop_at = clock_timestamp()
        WHERE name = to_jsonb(OLD) ->> TG_ARGV[0];
        RETURN NULL;
    END $$
    """,
    "DROP TABLE dropped_files",
    # The inventory of what is held of people says which columns name files.
    "DROP FUNCTION tramita_names_file",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
