"""Tenants: the partners whose systems use Tramita, and the house itself.

Whatever a token makes belongs to the token's tenant, and only the tokens of that tenant
see it. A carrier belongs to one tenant, that of the first token bound to it.
"""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.engine import Record
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, MalformedError, NotFoundError

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Tenant(Record):
    """A partner, or the house; ``key`` never changes.

    One at most ``is_master``: the house's own account among those who apply for payments abroad.
    ``application_visibility`` says who sees its own applications, ``client_edit_until`` how long
    clients may change them, ``amount_limits`` the most that one may ask for, by currency.
    """

    __tablename__ = "tenants"

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    created_at: Mapped[datetime]
    is_master: Mapped[bool] = mapped_column(default=False)
    application_visibility: Mapped[str] = mapped_column(default="all_agents")
    client_edit_until: Mapped[str] = mapped_column(default="new_in_house")
    amount_limits: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)


class TenantNotFound(NotFoundError):
    """There is no tenant {key}."""


class TenantKeyTaken(ConflictError):
    """There is a tenant {key} already."""


class TenantKeyMalformed(MalformedError):
    """A tenant's key is 1 to 40 small letters, digits and hyphens, and no {key!r}."""


class CarrierOfAnotherTenant(ConflictError):
    """The carrier {carrier} belongs to another tenant."""


async def create_tenant(work: UnitOfWork, key: str, title: str) -> None:
    """Add a tenant; raises ``TenantKeyMalformed`` and ``TenantKeyTaken``."""
    if not _KEY.fullmatch(key):
        raise TenantKeyMalformed(key=key)
    made = await work.fetch(
        "INSERT INTO tenants (key, title, created_at) VALUES ($1, $2, tramita_now()) "
        "ON CONFLICT DO NOTHING RETURNING key",
        key,
        title,
    )
    if not made:
        raise TenantKeyTaken(key=key)
    await note_act(work, work.actor, "tenant.created", Subject("tenant", key, key))


async def get_tenant(work: UnitOfWork, key: str) -> Tenant:
    """The tenant of a key; raises ``TenantNotFound``."""
    tenant = await work.session.get(Tenant, key)
    if tenant is None:
        raise TenantNotFound(key=key)
    return tenant


async def list_tenants(session: AsyncSession) -> list[Tenant]:
    """Every tenant, by key."""
    return list(await session.scalars(select(Tenant).order_by(Tenant.key)))


async def name_tenants(work: UnitOfWork) -> dict[str, str]:
    """What each tenant is called, by its key."""
    return {one.key: one.title for one in await list_tenants(work.session)}


async def claim_carrier(work: UnitOfWork, carrier: str, tenant: str) -> None:
    """Make a carrier the tenant's; raises ``CarrierOfAnotherTenant``."""
    rows = await work.fetch(
        "INSERT INTO carriers (code, tenant) VALUES ($1, $2) "
        "ON CONFLICT (code) DO UPDATE SET code = excluded.code RETURNING tenant",
        carrier,
        tenant,
    )
    if rows[0]["tenant"] != tenant:
        raise CarrierOfAnotherTenant(carrier=carrier)
