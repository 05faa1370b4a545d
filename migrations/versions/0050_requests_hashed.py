"""Requests under an idempotency key, and the people they came from, are known by keyed hashes.

A plain digest tells whoever guesses a user's name, or what a request said, that they guessed right.
"""

from alembic import context, op
from sqlalchemy import text

from tramita.kit.encryption.keys import Keyring

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

# HMAC-SHA-256 of RFC 2104 over blocks of 64 bytes, in SQL, so that no row leaves the database.
_HASH = (
    "encode(substring(sha256(:outer || sha256(:inner || convert_to({value}, 'UTF8'))) "
    "from 1 for 16), 'hex')"
)
_BLOCK = 64
_WHO = "split_part(scope, ' ', 1)"
_WHERE = "substr(scope, strpos(scope, ' '))"

HASHES = (
    ("username", f"scope = 'user:' || {_HASH.format(value=_WHO)} || {_WHERE}", "user:"),
    (
        "request",
        f"scope = 'body:' || {_HASH.format(value=f'substr({_WHO}, 6)')} || {_WHERE}",
        "body:",
    ),
    ("request", f"body_hash = {_HASH.format(value='body_hash')}", ""),
)


def upgrade() -> None:
    """Apply."""
    keys: Keyring = context.config.attributes["keys"]
    for kind, change, whose in HASHES:
        key = keys.hash_key(kind).ljust(_BLOCK, b"\0")
        op.execute(
            text(
                f"UPDATE idempotency_keys SET {change} WHERE starts_with(scope, '{whose}')"  # noqa: S608 - ours
            ).bindparams(
                outer=bytes(one ^ 0x5C for one in key), inner=bytes(one ^ 0x36 for one in key)
            )
        )
