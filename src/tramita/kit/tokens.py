"""Service tokens: who may call the API, and for what.

A token is shown once, when it is created; only its hash is stored. Scopes are
strings like ``contracts:read``. A token belongs to a tenant and works within what is
that tenant's; it may be bound to one carrier, and then sees nothing of the others.
"""

import hashlib
import re
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.audit import Subject, note_act
from tramita.kit.bounds import ALL_CARRIERS, ALL_TENANTS, HOUSE, Bounds
from tramita.kit.database.engine import Database, Record
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, MalformedError, NotFoundError
from tramita.kit.identifiers import new_id
from tramita.kit.tenants import claim_carrier, get_tenant

_PREFIX = "tramita_"
# They reach beyond one tenant: everybody's rows and numbers, what everybody sells, where all is sent.
FOR_THE_HOUSE = frozenset(
    {ALL_TENANTS, ALL_CARRIERS, "catalog:write", "providers:read", "providers:write"}
)
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
    tenant: Mapped[str]

    @property
    def bounds(self) -> Bounds:
        """Whose rows its bearer may see and change."""
        return Bounds(
            self.tenant,
            self.carrier,
            is_all_tenants=ALL_TENANTS in self.scopes,
            is_all_carriers=ALL_CARRIERS in self.scopes,
        )

    @property
    def actor(self) -> str:
        """Its name, in the history of what it changes."""
        return f"token:{self.name}"

    @property
    def key(self) -> str:
        """No other token's, whatever their names."""
        return f"token:{self.id}"


class TokenNotFound(NotFoundError):
    """There is no valid token named {name}."""


def _hash(token: str) -> str:
    # A token has 256 bits of entropy, so a plain hash is enough: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


class TokenNameTaken(ConflictError):
    """There is a token named {name} already; revoked ones keep their names."""


class CarrierMalformed(MalformedError):
    """A carrier's code is 1 to 64 letters, digits, hyphens and underscores, and no {carrier!r}."""


class ScopeOfTheHouse(MalformedError):
    """Only a token of the house may have the scope {scope}; this one is for {tenant}."""


async def create_token(
    work: UnitOfWork,
    name: str,
    scopes: list[str],
    *,
    carrier: str | None = None,
    tenant: str = HOUSE,
) -> str:
    """Create a token and return it, once.

    Raises ``TokenNameTaken``, ``CarrierMalformed``, ``TenantNotFound``, ``ScopeOfTheHouse``
    and ``CarrierOfAnotherTenant``.
    """
    if carrier is not None and not _CARRIER.fullmatch(carrier):
        raise CarrierMalformed(carrier=carrier)
    await get_tenant(work, tenant)
    for scope in sorted(FOR_THE_HOUSE.intersection(scopes)):
        if tenant != HOUSE:
            raise ScopeOfTheHouse(scope=scope, tenant=tenant)
    if carrier is not None:
        await claim_carrier(work, carrier, tenant)
    if await work.fetch("SELECT FROM service_tokens WHERE name = $1", name):
        raise TokenNameTaken(name=name)
    token = _PREFIX + secrets.token_urlsafe(32)
    token_id = new_id()
    work.add(
        ServiceToken(
            id=token_id,
            name=name,
            hash=_hash(token),
            scopes=scopes,
            carrier=carrier,
            tenant=tenant,
            created_at=await work.now(),
        )
    )
    await note_act(
        work, work.actor, "token.created", Subject("token", token_id, tenant), scopes=scopes
    )
    return token


async def find_token(database: Database, token: str) -> ServiceToken | None:
    """The valid token that was presented, if it is one."""
    rows = await database.fetch(
        # By name: a newer release's schema may have columns that this one does not know.
        "SELECT id, name, hash, scopes, carrier, tenant, created_at, revoked_at "
        "FROM service_tokens WHERE hash = $1 AND revoked_at IS NULL",
        _hash(token),
    )
    return ServiceToken(**rows[0]) if rows else None


async def list_tokens(session: AsyncSession) -> list[ServiceToken]:
    """Every token, revoked ones too, by name."""
    return list(await session.scalars(select(ServiceToken).order_by(ServiceToken.name)))


async def revoke_token(work: UnitOfWork, name: str) -> None:
    """Make a token invalid from now on; raises ``TokenNotFound``."""
    rows = await work.fetch(
        "UPDATE service_tokens SET revoked_at = tramita_now() "
        "WHERE name = $1 AND revoked_at IS NULL RETURNING id, tenant",
        name,
    )
    if not rows:
        raise TokenNotFound(name=name)
    revoked = Subject("token", rows[0]["id"], rows[0]["tenant"])
    await note_act(work, work.actor, "token.revoked", revoked)
