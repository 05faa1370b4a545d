"""Accounts of the console, their sessions, and counted attempts to sign in."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE accounts (
        id uuid PRIMARY KEY,
        email text NOT NULL UNIQUE CONSTRAINT accounts_email CHECK (email = lower(email)),
        password_hash text NOT NULL,
        role text NOT NULL CONSTRAINT accounts_role CHECK (role IN ('operator', 'admin')),
        created_at timestamptz NOT NULL,
        disabled_at timestamptz
    )
    """,
    """
    CREATE TABLE account_sessions (
        id_hash text PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id),
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX account_sessions_account ON account_sessions (account_id)",
    """
    CREATE TABLE login_attempts (
        key text PRIMARY KEY,
        failures integer NOT NULL,
        last_at timestamptz NOT NULL,
        blocked_until timestamptz NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)
