"""Users of platforms and their cards are found by hashes, so that what names them can be encrypted.

Documents are no longer found by a digest of their text, which tells whoever guesses it that they
guessed right. What is there is encrypted afterwards, in batches, by `tramita keys rotate`.
"""

from alembic import context, op
from sqlalchemy import text

from tramita.kit.encryption.keys import Keyring

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# HMAC-SHA-256 of RFC 2104 over blocks of 64 bytes, in SQL, so that no row leaves the database.
_HASH = "substring(sha256(:outer || sha256(:inner || convert_to({value}, 'UTF8'))) from 1 for 16)"
_BLOCK = 64

# Table, column, what is hashed, of which kind. Who was erased has none.
HASHES = (
    ("payers", "owner_hash", "owner", "username"),
    ("credit_cards", "token_hash", "token", "card_token"),
    ("learners", "username_hash", "username", "username"),
    ("organization_members", "username_hash", "username", "username"),
)
STATEMENTS = (
    # Those who were erased are alike from now on, which their old constraints did not allow.
    "ALTER TABLE payers DROP CONSTRAINT payers_owner",
    "UPDATE payers SET owner = '(erased)' WHERE starts_with(owner, '(erased)')",
    "ALTER TABLE payers ADD CONSTRAINT payers_owner UNIQUE (tenant, owner_hash)",
    "ALTER TABLE credit_cards DROP CONSTRAINT credit_cards_token",
    "ALTER TABLE credit_cards ADD CONSTRAINT credit_cards_token UNIQUE (provider, token_hash)",
    "ALTER TABLE learners DROP CONSTRAINT learners_once",
    "UPDATE learners SET username = '(erased)' WHERE starts_with(username, '(erased)')",
    "ALTER TABLE learners ADD CONSTRAINT learners_once UNIQUE (tenant, username_hash)",
    "ALTER TABLE organization_members DROP CONSTRAINT organization_members_once",
    "ALTER TABLE organization_members ADD CONSTRAINT organization_members_once "
    "UNIQUE (organization_id, username_hash)",
    "ALTER TABLE documents DROP COLUMN digest",
    "COMMENT ON TABLE documents IS 'What is signed of one contract: each text is made into a PDF once.'",
)


def upgrade() -> None:
    """Apply."""
    keys: Keyring = context.config.attributes["keys"]
    for table, column, value, kind in HASHES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} bytea")
        key = keys.hash_key(kind).ljust(_BLOCK, b"\0")
        op.execute(
            text(
                f"UPDATE {table} SET {column} = {_HASH.format(value=value)} "  # noqa: S608 - ours
                f"WHERE {value} <> '' AND NOT starts_with({value}, '(erased)')"
            ).bindparams(
                outer=bytes(one ^ 0x5C for one in key), inner=bytes(one ^ 0x36 for one in key)
            )
        )
    for statement in STATEMENTS:
        op.execute(statement)
