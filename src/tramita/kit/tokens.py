"""Service tokens: who may call the API, and for what.

A token is shown once, when it is created; only its hash is stored. Scopes are
strings like ``contracts:read``. A token may be bound to one carrier, and then sees
nothing of the others.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Database, Record
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, ForbiddenError, MalformedError, NotFoundError
from tramita.kit.identifiers import new_id

ALL_CARRIERS: Final = "numbering:all"
"""The scope of whoever may see the numbers of every carrier."""

_PREFIX = "tramita_"
_CARRIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class ServiceToken(Record):
    """One token; ``hash`` is the SHA-256 of what the caller presents."""

    __tablename__ = "service_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    carrier: Mapped[str | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class TokenNotFound(NotFoundError):
    """There is no valid token named {name}."""


def _hash(token: str) -> str:
    # A token has 256 bits of entropy, so a plain hash is enough: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


class TokenNameTaken(ConflictError):
    """There is a token named {name} already; revoked ones keep their names."""


class CarrierMalformed(MalformedError):
    """A carrier's code is 1 to 64 letters, digits, hyphens and underscores, and no {carrier!r}."""


class TokenWithoutCarrier(ForbiddenError):
    """The token is bound to no carrier and lacks the scope numbering:all, so it sees no number."""


@dataclass(frozen=True, slots=True)
class CarrierScope:
    """Whose numbers a caller may see: those of ``carrier``, or with ``is_all`` everybody's.

    ``carrier`` may be empty only with ``is_all``.
    """

    carrier: str | None
    is_all: bool

    def may_see(self, carrier: str | None) -> bool:
        """Whether what belongs to ``carrier`` (empty: to nobody) is this caller's to know."""
        return self.is_all or carrier == self.carrier


def carrier_scope_of(token: ServiceToken) -> CarrierScope:
    """Whose numbers the token may see; raises ``TokenWithoutCarrier``."""
    scope = CarrierScope(token.carrier, ALL_CARRIERS in token.scopes)
    if scope.carrier is None and not scope.is_all:
        raise TokenWithoutCarrier
    return scope


async def create_token(
    work: UnitOfWork, name: str, scopes: list[str], *, carrier: str | None = None
) -> str:
    """Create a token and return it, once.

    Raises ``TokenNameTaken`` and ``CarrierMalformed``.
    """
    if carrier is not None and not _CARRIER.fullmatch(carrier):
        raise CarrierMalformed(carrier=carrier)
    if await work.fetch("SELECT FROM service_tokens WHERE name = $1", name):
        raise TokenNameTaken(name=name)
    token = _PREFIX + secrets.token_urlsafe(32)
    work.add(
        ServiceToken(
            id=new_id(),
            name=name,
            hash=_hash(token),
            scopes=scopes,
            carrier=carrier,
            created_at=await work.now(),
        )
    )
    return token


async def find_token(database: Database, token: str) -> ServiceToken | None:
    """The valid token that was presented, if it is one."""
    rows = await database.fetch(
        "SELECT * FROM service_tokens WHERE hash = $1 AND revoked_at IS NULL", _hash(token)
    )
    return ServiceToken(**rows[0]) if rows else None


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
