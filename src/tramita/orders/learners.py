"""Learners: customers of the core, whom the learning platform knows by a user name."""

from typing import Final
from uuid import UUID

import asyncpg

from tramita.contracts.changes import change_customer, create_customer
from tramita.contracts.model import CUSTOMER_EMAIL, CUSTOMER_NAME
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.jwt_users import USERNAME, JWTUser

_FIND: Final = """
    SELECT l.id, c.name, c.email, c.locale
    FROM learners AS l JOIN customers AS c ON c.id = l.id
    WHERE l.tenant = $1 AND l.username_hash = $2
"""
_USERNAME: Final = "learners.username"


async def know_learner(work: UnitOfWork, user: JWTUser) -> UUID:
    """The learner who comes, with what the platform says of them now; a new one is taken in."""
    # Two first orders at once are one learner's.
    await work.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 22))", f"{user.tenant}/{user.username}"
    )
    said = {"name": user.full_name, "email": user.email, "locale": user.language}
    tenant, username_hash = known_by(work, user)
    for row in await work.fetch(_FIND, tenant, username_hash):
        known: UUID = row["id"]
        if said != _told(work.keys, row):
            await change_customer(work, known, said)
        return known
    customer = await create_customer(work, said)
    await work.session.flush()
    await work.fetch(
        "INSERT INTO learners (id, username, username_hash, tenant) VALUES ($1, $2, $3, $4)",
        customer.id,
        work.keys.encrypt(user.username, _USERNAME),
        username_hash,
        tenant,
    )
    return customer.id


def known_by(work: UnitOfWork, user: JWTUser) -> tuple[str, bytes]:
    """By what a learner's, or a member's, rows are found: a tenant, and a hash of the user name."""
    return user.tenant, work.keys.hash(USERNAME, user.username)


def read_username(work: UnitOfWork, stored: str) -> str:
    """The platform's name of a learner, as it came from ``learners.username``."""
    return work.keys.decrypt(stored, _USERNAME)


async def list_known(work: UnitOfWork, tenant: str, *, most: int) -> list[JWTUser]:
    """Learners of a tenant, the newest first."""
    rows = await work.fetch(
        "SELECT l.tenant, l.username, c.name, c.email, c.locale FROM learners AS l "
        "JOIN customers AS c ON c.id = l.id WHERE l.tenant = $1 AND c.email IS NOT NULL "
        "ORDER BY l.id DESC LIMIT $2",
        tenant,
        most,
    )
    return [to_user(work, row) for row in rows]


def to_user(work: UnitOfWork, row: asyncpg.Record) -> JWTUser:
    """A learner as the platform has told of them last; of one who is forgotten nothing is left."""
    return JWTUser(
        row["tenant"],
        read_username(work, row["username"]),
        work.keys.decrypt(row["email"], CUSTOMER_EMAIL),
        work.keys.decrypt(row["name"], CUSTOMER_NAME),
        row["locale"] or "en",
    )


def _told(keys: Keyring, row: asyncpg.Record) -> dict[str, str | None]:
    """What the platform has said of a learner so far."""
    name, email = row["name"], row["email"]
    return {
        "name": keys.decrypt(name, CUSTOMER_NAME),
        "email": email and keys.decrypt(email, CUSTOMER_EMAIL),
        "locale": row["locale"],
    }
