"""Idempotency keys: the first final answer to a request, given again.

A key is scoped to the credential and route that used it, and kept 24 hours. A
request that died while running frees its key after a minute.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Database, Record
from tramita.kit.errors import ConflictError, FieldError, InvalidError


class IdempotencyRecord(Record):
    """What was answered to a key; ``status`` is empty while the first still runs."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    status: Mapped[int | None]
    content_type: Mapped[str | None]
    body: Mapped[bytes | None]
    started_at: Mapped[datetime]


class IdempotencyInProgress(ConflictError):
    """The first request with this idempotency key is still running; ask again shortly."""


class IdempotencyKeyReused(InvalidError):
    """This idempotency key was used for a request with another body."""

    def __init__(self) -> None:
        """Point at the header."""
        super().__init__(
            [FieldError("header.Idempotency-Key", "idempotency_key_reused", str(self.__doc__))]
        )

    @property
    def code(self) -> str:
        """A code of its own, because clients branch on it."""
        return "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given."""

    status: int
    content_type: str
    body: bytes


def hash_body(body: bytes) -> str:
    """What two requests are compared by."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer to a key; lost when another request took it over meanwhile."""

    scope: str
    key: str
    started_at: datetime


async def begin(database: Database, scope: str, key: str, body: bytes) -> Claim | StoredAnswer:
    """Claim the key, or answer what was answered before.

    Raises ``IdempotencyInProgress`` or ``IdempotencyKeyReused``.
    """
    async with database.unit_of_work() as work:
        claimed = await work.fetch(
            """
            INSERT INTO idempotency_keys (scope, key, body_hash, started_at)
            VALUES ($1, $2, $3, now())
            ON CONFLICT (scope, key) DO UPDATE
                SET body_hash = excluded.body_hash, started_at = now(), status = NULL, body = NULL
                WHERE idempotency_keys.started_at < now() - interval '24 hours'
                   OR (idempotency_keys.status IS NULL
                       AND idempotency_keys.started_at < now() - interval '1 minute')
            RETURNING started_at
            """,
            scope,
            key,
            hash_body(body),
        )
        if claimed:
            return Claim(scope, key, claimed[0]["started_at"])
        # The conflicting row is locked by the statement above, so it is still there.
        row = (
            await work.fetch(
                "SELECT body_hash, status, content_type, body FROM idempotency_keys "
                "WHERE scope = $1 AND key = $2",
                scope,
                key,
            )
        )[0]
    if row["body_hash"] != hash_body(body):
        raise IdempotencyKeyReused
    if row["status"] is None:
        raise IdempotencyInProgress
    return StoredAnswer(row["status"], row["content_type"], row["body"])


async def finish(database: Database, claim: Claim, answer: StoredAnswer | None) -> None:
    """Keep the final answer; ``None`` (a 5xx, or no answer) frees the key for another try."""
    mine = (claim.scope, claim.key, claim.started_at)
    async with database.unit_of_work() as work:
        if answer is None:
            await work.fetch(
                "DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2 AND started_at = $3",
                *mine,
            )
            return
        await work.fetch(
            "UPDATE idempotency_keys SET status = $4, content_type = $5, body = $6 "
            "WHERE scope = $1 AND key = $2 AND started_at = $3",
            *mine,
            answer.status,
            answer.content_type,
            answer.body,
        )


async def forget_old_keys(database: Database) -> None:
    """Delete keys older than 24 hours."""
    async with database.unit_of_work() as work:
        await work.fetch(
            "DELETE FROM idempotency_keys WHERE started_at < now() - interval '24 hours'"
        )
