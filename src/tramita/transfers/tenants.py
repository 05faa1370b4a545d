"""What a tenant decides about its applications, and which of them is the master."""

from typing import Any

from tramita.kit.database.work import UnitOfWork
from tramita.kit.tenants import Tenant, get_tenant
from tramita.transfers.errors import MasterTaken


async def change_tenant(work: UnitOfWork, key: str, **values: Any) -> Tenant:
    """Set what is given; raises ``TenantNotFound``, and ``MasterTaken`` where another one is it."""
    tenant = await get_tenant(work, key)
    if values.get("is_master") and not tenant.is_master:
        rows = await work.fetch("SELECT key FROM tenants WHERE is_master")
        if rows:
            raise MasterTaken(key=rows[0]["key"])
    for name, value in values.items():
        setattr(tenant, name, value)
    await work.session.flush()
    return tenant
