"""Lists that somebody wants as a file are written by a job, and people keep views of lists."""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE exports (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        kind text NOT NULL,
        filter jsonb NOT NULL,
        language text NOT NULL,
        time_zone text NOT NULL,
        state text NOT NULL CONSTRAINT exports_state CHECK (state IN ('writing', 'ready')),
        pieces integer NOT NULL DEFAULT 0,
        rows integer NOT NULL DEFAULT 0,
        goes_on_after jsonb,
        requested_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX exports_of_account ON exports (account_id, id)",
    """
    CREATE TABLE export_pieces (
        export_id uuid NOT NULL REFERENCES exports (id) ON DELETE CASCADE,
        number integer NOT NULL,
        file text NOT NULL,
        PRIMARY KEY (export_id, number)
    )
    """,
    "CREATE INDEX export_pieces_of_file ON export_pieces (file)",
    "CREATE TRIGGER export_pieces_loses_file AFTER DELETE ON export_pieces FOR EACH ROW "
    "EXECUTE FUNCTION drop_file('file')",
    "COMMENT ON TABLE exports IS 'Lists that somebody wants as a file: pieces of it are written one "
    "after the other, and goes_on_after is what the next one follows.'",
    """
    CREATE TABLE saved_views (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        room text NOT NULL,
        name text NOT NULL,
        query text NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX saved_views_of_account ON saved_views (account_id, room, id)",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
