"""People are found by hashes of their documents, so that the documents can be encrypted.

What is there is encrypted afterwards, in batches, by `tramita keys rotate`.
"""

from alembic import context, op
from sqlalchemy import text

from tramita.kit.encryption.keys import Keyring

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# HMAC-SHA-256 of RFC 2104 over blocks of 64 bytes, in SQL, so that no row leaves the database.
_HASH = "substring(sha256(:outer || sha256(:inner || convert_to({value}, 'UTF8'))) from 1 for 16)"
_BLOCK = 64

HASHES = (
    ("customers", "document_hash", "document"),
    ("envelopes", "cpf_hash", "(customer -> 'borrower' ->> 'cpf')"),
    ("envelope_contracts", "cpf_hash", "cpf"),
)
STATEMENTS = (
    "DROP INDEX customers_by_document",
    "CREATE INDEX customers_by_document ON customers (document_hash) "
    "WHERE document_hash IS NOT NULL",
    "DROP INDEX envelopes_of_client",
    "CREATE INDEX envelopes_of_client ON envelopes (cpf_hash, id)",
    # It stands in the envelope; here it is only compared.
    "ALTER TABLE envelope_contracts DROP COLUMN cpf",
    "CREATE INDEX envelope_contracts_origin ON envelope_contracts "
    "(cpf_hash, (origin ->> 'ispb'), (origin ->> 'contract_number')) "
    "WHERE portability_status IS NOT NULL",
)


def upgrade() -> None:
    """Apply."""
    keys: Keyring = context.config.attributes["keys"]
    op.execute("""
        CREATE TABLE encryption_keys (
            purpose text CONSTRAINT encryption_keys_purpose CHECK (purpose IN ('values', 'lookup')),
            name text,
            since timestamptz NOT NULL,
            PRIMARY KEY (purpose, name)
        )
    """)
    op.execute(
        text("INSERT INTO encryption_keys VALUES ('lookup', :name, tramita_now())").bindparams(
            name=keys.lookup_name
        )
    )
    for table, column, value in HASHES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} bytea")
        _hash(keys, table, column, value)
    for statement in STATEMENTS:
        op.execute(statement)


def _hash(keys: Keyring, table: str, column: str, value: str) -> None:
    # Who was erased has none.
    key = keys.hash_key("document").ljust(_BLOCK, b"\0")
    op.execute(
        text(
            f"UPDATE {table} SET {column} = {_HASH.format(value=value)} "  # noqa: S608 - ours
            f"WHERE {value} <> ''"
        ).bindparams(outer=bytes(one ^ 0x5C for one in key), inner=bytes(one ^ 0x36 for one in key))
    )
