"""What people note down about a contract."""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE notes (
        id uuid PRIMARY KEY,
        subject_id uuid NOT NULL,
        actor text NOT NULL,
        text text NOT NULL,
        written_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX notes_about ON notes (subject_id, id)",
    "CREATE INDEX notes_age ON notes (written_at)",
    "COMMENT ON TABLE notes IS 'What people of the house noted down about a thing for one another.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
