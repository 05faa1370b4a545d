"""What people of the console search for; and by what people of the journeys are found then.

Who was there before is found by name, e-mail and phone once `tramita keys rotate` has gone through.
"""

from tramita.kit.database.tables import change_tables

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

HASHES = {
    "customers": ("name_hash", "email_hash", "phone_hash"),
    "envelopes": ("name_hash", "email_hash", "phone_hash"),
    "applications": ("payer_name_hash",),
    "chats": ("title_hash",),
}
STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS searches (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        typed text NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS searches_age ON searches (created_at, id)",
    "CREATE INDEX IF NOT EXISTS searches_account ON searches (account_id)",
    "COMMENT ON TABLE searches IS 'What people of the console searched for, for ten minutes.'",
    *(
        f"ALTER TABLE {table} "
        + ", ".join(f"ADD COLUMN IF NOT EXISTS {column} bytea" for column in columns)
        for table, columns in HASHES.items()
    ),
)


def upgrade() -> None:
    """Apply."""
    change_tables(STATEMENTS)
