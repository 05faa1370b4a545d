"""Links that set a password, second factors, half-opened sessions; and how service tokens are used."""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Somebody who was invited has no password until they follow the link.
    "ALTER TABLE accounts ALTER COLUMN password_hash DROP NOT NULL, "
    "ADD COLUMN signed_in_at timestamptz, "
    "ADD COLUMN needs_second_factor boolean NOT NULL DEFAULT false",
    # One for each account: a new one takes the place of the one before.
    """
    CREATE TABLE account_links (
        hash text PRIMARY KEY,
        account_id uuid NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX account_links_created ON account_links (created_at, hash)",
    """
    CREATE TABLE account_entries (
        id_hash text PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX account_entries_of ON account_entries (account_id)",
    "CREATE INDEX account_entries_created ON account_entries (created_at, id_hash)",
    """
    CREATE TABLE second_factors (
        account_id uuid PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
        secret text NOT NULL,
        last_step bigint NOT NULL,
        created_at timestamptz NOT NULL,
        confirmed_at timestamptz
    )
    """,
    """
    CREATE TABLE recovery_codes (
        account_id uuid NOT NULL REFERENCES second_factors (account_id) ON DELETE CASCADE,
        hash text NOT NULL,
        PRIMARY KEY (account_id, hash)
    )
    """,
    "ALTER TABLE service_tokens ADD COLUMN used_at timestamptz, ADD COLUMN expires_at timestamptz, "
    "ADD COLUMN previous_hash text UNIQUE, ADD COLUMN previous_until timestamptz",
    "COMMENT ON TABLE account_links IS 'Links that let somebody set their password, once.'",
    "COMMENT ON TABLE account_entries IS 'Sign-ins whose password was right and that wait for a code.'",
    "COMMENT ON TABLE second_factors IS 'Secrets of authenticator apps; in use once confirmed.'",
    "COMMENT ON TABLE recovery_codes IS 'Codes that stand in for a lost authenticator app, once each.'",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
