"""What a tenant decides about its applications, and which of them is the master."""

from typing import Any

from tramita.kit.database.work import UnitOfWork
from tramita.kit.tenants import Tenant, get_tenant
from tramita.transfers.errors import MasterTaken


async def change_tenant(work: UnitOfWork, key: str, **values: Any) -> Tenant:
    """Set what is given; raises ``TenantNotFound``, and ``MasterTaken`` where another one is it."""
    tenant = await get_tenant(work, key)
    if values.get("is_master") and not tenant.is_master:
        # One after another: whoever comes second finds whom the first has chosen.
        await work.fetch("SELECT pg_advisory_xact_lock(hashtextextended('tenants.is_master', 0))")
        master = await find_master(work)
        if master is not None:
            raise MasterTaken(key=master)
    for name, value in values.items():
        setattr(tenant, name, value)
    await work.session.flush()
    return tenant


async def find_master(work: UnitOfWork) -> str | None:
    """The tenant whose applications come from chats, if one is."""
    rows = await work.fetch("SELECT key FROM tenants WHERE is_master")
    return rows[0]["key"] if rows else None
