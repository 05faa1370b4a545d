"""Service tokens: who may call the API, and for what.

A token is shown once, when it is created or rotated; only its hash is stored. For a chosen
time after rotating, the one before opens the same. A token may have an end; both by the real
clock. Scopes are strings like ``contracts:read``. A token belongs to a tenant and works within what is
that tenant's; it may be bound to one carrier, and then sees nothing of the others.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Final
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
    {
        ALL_TENANTS,
        ALL_CARRIERS,
        "catalog:write",
        "providers:read",
        "providers:write",
        "jobs:read",
        "jobs:write",
    }
)
LONGEST_TERM: Final = timedelta(days=3650)
LONGEST_BOTH: Final = timedelta(days=30)
# That a token was used is written at most so often, not with every request.
_NOTED_EVERY: Final = timedelta(minutes=1)
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
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    previous_hash: Mapped[str | None]
    previous_until: Mapped[datetime | None]

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
    def rotation(self) -> str:
        """What tells this secret of it from those before and after; it says nothing of any."""
        return self.previous_until.isoformat() if self.previous_until else ""

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


class TokenRotated(ConflictError):
    """The token {name} was rotated meanwhile; see to it that the new one was kept."""


class CarrierMalformed(MalformedError):
    """A carrier's code is 1 to 64 letters, digits, hyphens and underscores, and no {carrier!r}."""


class TermMalformed(MalformedError):
    """A token is good for up to ten years, and the one before it for up to 30 days more."""


class ScopeOfTheHouse(MalformedError):
    """Only a token of the house may have the scope {scope}; this one is for {tenant}."""


async def create_token(
    work: UnitOfWork,
    name: str,
    scopes: list[str],
    *,
    carrier: str | None = None,
    tenant: str = HOUSE,
    term: timedelta | None = None,
) -> str:
    """Create a token and return it, once; it ends after ``term``, or when it is revoked.

    Raises ``TokenNameTaken``, ``CarrierMalformed``, ``TenantNotFound``, ``ScopeOfTheHouse``,
    ``TermMalformed`` and ``CarrierOfAnotherTenant``.
    """
    if term is not None and not timedelta() < term <= LONGEST_TERM:
        raise TermMalformed
    if carrier is not None and not _CARRIER.fullmatch(carrier):
        raise CarrierMalformed(carrier=carrier)
    await get_tenant(work, tenant)
    for scope in sorted(FOR_THE_HOUSE.intersection(scopes)):
        if tenant != HOUSE:
            raise ScopeOfTheHouse(scope=scope, tenant=tenant)
    if carrier is not None:
        await claim_carrier(work, carrier, tenant)
    token = _PREFIX + secrets.token_urlsafe(32)
    token_id = new_id()
    made = await work.fetch(
        "INSERT INTO service_tokens (id, name, hash, scopes, carrier, tenant, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, tramita_now(), now() + $7::interval) "
        "ON CONFLICT (name) DO NOTHING RETURNING id",
        token_id,
        name,
        _hash(token),
        scopes,
        carrier,
        tenant,
        term,
    )
    if not made:
        raise TokenNameTaken(name=name)
    await note_act(
        work, work.actor, "token.created", Subject("token", token_id, tenant), scopes=scopes
    )
    return token


async def find_token(database: Database, token: str) -> ServiceToken | None:
    """The valid token that was presented, if it is one."""
    rows = await database.fetch(
        # By name: a newer release's schema may have columns that this one does not know.
        "SELECT id, name, hash, scopes, carrier, tenant, created_at, revoked_at, used_at, "
        "expires_at, used_at IS NULL OR used_at < now() - $2::interval AS is_to_be_noted "
        "FROM service_tokens WHERE (hash = $1 OR (previous_hash = $1 AND previous_until > now())) "
        "AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())",
        _hash(token),
        _NOTED_EVERY,
    )
    if not rows:
        return None
    found = dict(rows[0])
    if found.pop("is_to_be_noted"):
        await _note_use(database, found["id"])
    return ServiceToken(**found)


async def _note_use(database: Database, token_id: UUID) -> None:
    """Write down that it is used; whoever finds the row in other hands leaves it to them."""
    await database.fetch(
        "UPDATE service_tokens SET used_at = now() WHERE id = (SELECT id FROM service_tokens "
        "WHERE id = $1 AND (used_at IS NULL OR used_at < now() - $2::interval) "
        "FOR NO KEY UPDATE SKIP LOCKED)",
        token_id,
        _NOTED_EVERY,
    )


async def rotate_token(work: UnitOfWork, name: str, *, both_for: timedelta) -> str:
    """Another secret for the same token, once; the one before is good for ``both_for`` more.

    One that was rotated earlier and is still good ends now. Raises ``TokenNotFound`` and
    ``TermMalformed``.
    """
    if not timedelta() <= both_for <= LONGEST_BOTH:
        raise TermMalformed
    token = _PREFIX + secrets.token_urlsafe(32)
    rows = await work.fetch(
        "UPDATE service_tokens SET previous_hash = hash, previous_until = now() + $3::interval, "
        "hash = $2 WHERE name = $1 AND revoked_at IS NULL "
        "AND (expires_at IS NULL OR expires_at > now()) RETURNING id, tenant",
        name,
        _hash(token),
        both_for,
    )
    if not rows:
        raise TokenNotFound(name=name)
    rotated = Subject("token", rows[0]["id"], rows[0]["tenant"])
    hours = round(both_for.total_seconds() / 3600)
    await note_act(work, work.actor, "token.rotated", rotated, both_for_hours=hours)
    return token


async def rotate_seen(
    work: UnitOfWork, token_id: UUID, rotation: str, *, both_for: timedelta
) -> str:
    """Rotate a token that is as somebody saw it: whoever asks twice ends what is in use.

    Raises ``TokenRotated`` and what ``rotate_token`` does.
    """
    token = await work.session.get(ServiceToken, token_id, with_for_update={"key_share": True})
    if token is None:
        raise TokenNotFound(name=token_id)
    if token.rotation != rotation:
        raise TokenRotated(name=token.name)
    return await rotate_token(work, token.name, both_for=both_for)


async def get_token(work: UnitOfWork, token_id: UUID) -> ServiceToken:
    """One token, revoked or not; raises ``TokenNotFound``."""
    token = await work.session.get(ServiceToken, token_id)
    if token is None:
        raise TokenNotFound(name=token_id)
    return token


async def page_of_tokens(
    work: UnitOfWork, *, before: UUID | None, limit: int
) -> list[ServiceToken]:
    """Tokens, revoked ones too, newest first, from before ``before`` on."""
    query = select(ServiceToken).order_by(ServiceToken.id.desc()).limit(limit)
    if before is not None:
        query = query.where(ServiceToken.id < before)
    return list(await work.session.scalars(query))


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
