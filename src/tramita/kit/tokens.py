"""Service tokens: who may call the API, and for what.

A token is shown once, when it is created; only its hash is stored. Scopes are
strings like ``contracts:read``.
"""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, NotFoundError
from tramita.kit.identifiers import new_id

_PREFIX = "tramita_"


class ServiceToken(Record):
    """One token; ``hash`` is the SHA-256 of what the caller presents."""

    __tablename__ = "service_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class TokenNotFound(NotFoundError):
    """There is no valid token named {name}."""


def _hash(token: str) -> str:
    # A token has 256 bits of entropy, so a plain hash is enough: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


class TokenNameTaken(ConflictError):
    """There is a token named {name} already; revoked ones keep their names."""


async def create_token(work: UnitOfWork, name: str, scopes: list[str]) -> str:
    """Create a token and return it, once; raises ``TokenNameTaken``."""
    if await work.fetch("SELECT FROM service_tokens WHERE name = $1", name):
        raise TokenNameTaken(name=name)
    token = _PREFIX + secrets.token_urlsafe(32)
    work.add(
        ServiceToken(
            id=new_id(), name=name, hash=_hash(token), scopes=scopes, created_at=await work.now()
        )
    )
    return token


async def find_token(session: AsyncSession, token: str) -> ServiceToken | None:
    """The valid token that was presented, if it is one."""
    return await session.scalar(
        select(ServiceToken).where(
            ServiceToken.hash == _hash(token), ServiceToken.revoked_at.is_(None)
        )
    )


async def list_tokens(session: AsyncSession) -> list[ServiceToken]:
    """Every token, revoked ones too, by name."""
    return list(await session.scalars(select(ServiceToken).order_by(ServiceToken.name)))


async def revoke_token(work: UnitOfWork, name: str) -> None:
    """Make a token invalid from now on; raises ``TokenNotFound``."""
    rows = await work.fetch(
        "UPDATE service_tokens SET revoked_at = tramita_now() "
        "WHERE name = $1 AND revoked_at IS NULL RETURNING id",
        name,
    )
    if not rows:
        raise TokenNotFound(name=name)
