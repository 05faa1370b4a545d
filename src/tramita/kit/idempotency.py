"""Idempotency keys: the first final answer to a request, given again.

A key is scoped to the credential and route that used it, and its answer kept 24 hours. What was
done under it is known again for longer: the same request is then refused, and not done twice.
An answer is kept in the unit of work of the effect (``keep``): whatever is killed when, the effect is there
exactly when the answer is. What asks a provider in between cannot be one transaction: there
the key names the operation (``begin_act``), and who comes again is answered by what became
of that. A request that died before either frees its key after half a minute.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.errors import ConflictError, FieldError, InvalidError
from tramita.kit.kept import Kept, Now


class IdempotencyInProgress(ConflictError):
    """The first request with this idempotency key is still running; ask again shortly."""

    retry_after = timedelta(seconds=2)


class IdempotencyKeyExpired(ConflictError):
    """This was done under this idempotency key more than 24 hours ago; to do it again, use a new key."""


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


def hash_body(body: bytes, keys: Keyring) -> str:
    """What two requests are compared by: the JSON value, whatever its spaces and order.

    Numbers are compared as the handlers read them. What is no JSON is compared by its bytes.
    Nobody without our keys can try on it what a body may have said of somebody.
    """
    # What cannot be read will be refused, and refused again.
    with suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
        body = msgspec.json.encode(msgspec.json.decode(body), order="deterministic")
    return hash_bytes(body, keys)


def hash_bytes(body: bytes, keys: Keyring) -> str:
    """The same of the bytes as they came."""
    return keys.hash(REQUEST, hashlib.sha256(body).hexdigest()).hex()


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer to a key; lost when another request took it over meanwhile."""

    scope: str
    key: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """A key whose request has begun an operation, and was not answered since."""

    claim: Claim
    act: str


# The claim of the request that is served in this task.
claimed: ContextVar[Claim | None] = ContextVar("claimed", default=None)


REQUEST: Final = "request"
"""The kind of hash by which requests are compared."""
# As what answers are encrypted.
_BODY: Final = "idempotency_keys.body"
_CLAIM: Final = """
    INSERT INTO idempotency_keys (scope, key, body_hash, started_at)
    VALUES ($1, $2, $3, now())
    ON CONFLICT (scope, key) DO UPDATE
        SET body_hash = excluded.body_hash, started_at = now(), status = NULL, body = NULL,
            act = NULL
        WHERE (idempotency_keys.started_at < now() - interval '24 hours'
               AND (idempotency_keys.status >= 400
                    OR idempotency_keys.body_hash <> excluded.body_hash
                    OR (idempotency_keys.status IS NULL AND idempotency_keys.act IS NULL)))
           OR (idempotency_keys.status IS NULL AND idempotency_keys.act IS NULL
               AND idempotency_keys.started_at < now() - interval '30 seconds')
    RETURNING started_at
"""


async def begin(
    database: Database, scope: str, key: str, body: bytes
) -> Claim | StoredAnswer | Begun:
    """Claim the key, or answer what was answered before, or what was begun.

    Raises ``IdempotencyInProgress``, ``IdempotencyKeyReused`` or ``IdempotencyKeyExpired``.
    """
    body_hash = hash_body(body, database.keys)
    made = await database.fetch(_CLAIM, scope, key, body_hash)
    if made:
        return Claim(scope, key, made[0]["started_at"])
    async with database.unit_of_work() as work:
        made = await work.fetch(_CLAIM, scope, key, body_hash)
        if made:
            return Claim(scope, key, made[0]["started_at"])
        # The conflicting row is locked by the statement above, so it is still there.
        row = (
            await work.fetch(
                "SELECT body_hash, status, content_type, body, act, started_at, "
                "started_at < now() - interval '24 hours' AS is_old "
                "FROM idempotency_keys WHERE scope = $1 AND key = $2",
                scope,
                key,
            )
        )[0]
    # A former release kept the hash of the bytes as they came.
    if row["body_hash"] not in (body_hash, hash_bytes(body, database.keys)):
        raise IdempotencyKeyReused
    if row["status"] is not None and row["is_old"]:
        raise IdempotencyKeyExpired
    if row["status"] is not None:
        body = database.keys.decrypt_bytes(row["body"], _BODY)
        return StoredAnswer(row["status"], row["content_type"], body)
    if row["act"] is None:
        raise IdempotencyInProgress
    return Begun(Claim(scope, key, row["started_at"]), row["act"])


async def begin_anew(database: Database, begun: Begun) -> Claim:
    """Nothing came of what was begun: claim its key, unless somebody may be about to answer.

    Raises ``IdempotencyInProgress``.
    """
    claim = begun.claim
    async with database.unit_of_work() as work:
        rows = await work.fetch(
            "UPDATE idempotency_keys SET started_at = now(), act = NULL "
            "WHERE scope = $1 AND key = $2 AND started_at = $3 AND status IS NULL "
            "AND started_at <= now() - interval '30 seconds' RETURNING started_at",
            *(claim.scope, claim.key, claim.started_at),
        )
    if not rows:
        raise IdempotencyInProgress
    return Claim(claim.scope, claim.key, rows[0]["started_at"])


async def keep(work: UnitOfWork, answer: StoredAnswer) -> None:
    """Keep the answer to this task's request, if it has a key, with what it has done.

    Raises ``IdempotencyInProgress``, so that nothing is done, when it was too slow and another
    request has the key by now.
    """
    claim = claimed.get()
    if claim is not None and not await _write(work, claim, answer):
        raise IdempotencyInProgress


async def begin_act(work: UnitOfWork, operation_key: str) -> None:
    """Let the key of this task's request, if it has one, name the operation it begins.

    Raises ``IdempotencyInProgress`` as ``keep`` does.
    """
    claim = claimed.get()
    if claim is None:
        return
    rows = await work.fetch(
        "UPDATE idempotency_keys SET act = $4 WHERE scope = $1 AND key = $2 "
        "AND started_at = $3 AND status IS NULL RETURNING 1",
        *(claim.scope, claim.key, claim.started_at),
        operation_key,
    )
    if not rows:
        raise IdempotencyInProgress


# The same as parts of a larger statement: ``kept_claim`` has a row where the request's key, if it
# has one, is its own still; ``named`` lets it name the operation that ``begun`` has begun.
KEPT_CLAIM: Final = """
    claim AS (
        SELECT FROM idempotency_keys WHERE scope = :claim_scope AND key = :claim_key
            AND started_at = :claimed_at AND status IS NULL FOR UPDATE
    ), kept_claim AS (SELECT WHERE :claim_key::text IS NULL OR EXISTS (SELECT FROM claim))
"""
NAMED: Final = """
    named AS (
        UPDATE idempotency_keys SET act = begun.key FROM begun
        WHERE scope = :claim_scope AND idempotency_keys.key = :claim_key
    )
"""


def claim_arguments() -> dict[str, object]:
    """The arguments of both."""
    claim = claimed.get()
    return {
        "claim_scope": claim and claim.scope,
        "claim_key": claim and claim.key,
        "claimed_at": claim and claim.started_at,
    }


async def finish(database: Database, claim: Claim, answer: StoredAnswer | None) -> None:
    """Keep the final answer; ``None`` (a 5xx, or no answer) frees the key for another try.

    What was kept with its effect stays as it is. What was begun stays too, for whoever asks
    what became of it; when nothing did, it may be tried anew at once.
    """
    if answer is not None:
        await _write(database, claim, answer)
        return
    async with database.unit_of_work() as work:
        await work.fetch(
            "DELETE FROM idempotency_keys WHERE scope = $1 AND key = $2 AND started_at = $3 "
            "AND status IS NULL AND act IS NULL",
            *(claim.scope, claim.key, claim.started_at),
        )
        await work.fetch(
            "UPDATE idempotency_keys SET started_at = started_at - interval '30 seconds' "
            "WHERE scope = $1 AND key = $2 AND started_at = $3 AND status IS NULL",
            *(claim.scope, claim.key, claim.started_at),
        )


async def _write(place: UnitOfWork | Database, claim: Claim, answer: StoredAnswer) -> bool:
    rows = await place.fetch(
        "UPDATE idempotency_keys SET status = $4, content_type = $5, body = $6 "
        "WHERE scope = $1 AND key = $2 AND started_at = $3 AND status IS NULL RETURNING 1",
        *(claim.scope, claim.key, claim.started_at),
        answer.status,
        answer.content_type,
        place.keys.encrypt_bytes(answer.body, _BODY),
    )
    return bool(rows)


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="idempotency answers",
        table="idempotency_keys",
        what="answers to requests with an `Idempotency-Key`",
        stays="the key and a hash of its request, by which that is known again",
        age="started_at",
        now=Now.REAL,
        days=1,
        order=("started_at", "scope", "key"),
        among="t.body IS NOT NULL",
        empties="body = NULL",
    ),
    Kept(
        name="idempotency keys",
        table="idempotency_keys",
        what="the keys, with a hash of their request",
        stays="nothing: the request is a new one then",
        age="started_at",
        now=Now.REAL,
        days="idempotency_keys_days",
        order=("started_at", "scope", "key"),
    ),
)
