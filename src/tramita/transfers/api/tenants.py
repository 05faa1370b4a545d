"""``/api/v1/tenants``: partners and the house, and what each has decided about its applications."""

from typing import Any, Final

from litestar import Controller, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import to_builtins

from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.tenants import Tenant, TenantNotFound, create_tenant, get_tenant, list_tenants
from tramita.transfers.api.schemas import (
    TenantAnswer,
    TenantBody,
    TenantChangeBody,
    TenantsAnswer,
)
from tramita.transfers.errors import NotAllTenants
from tramita.transfers.rules.permissions import ClientEdits
from tramita.transfers.rules.visibility import Visibility
from tramita.transfers.tenants import change_tenant

READ: Final[dict[str, Any]] = {"scope": "tenants:read"}
WRITE: Final[dict[str, Any]] = {"scope": "tenants:write"}


def _present(tenant: Tenant) -> TenantAnswer:
    return TenantAnswer(
        tenant.key,
        tenant.title,
        tenant.is_master,
        Visibility(tenant.application_visibility),
        ClientEdits(tenant.client_edit_until),
        tenant.amount_limits,
        tenant.created_at,
    )


def _check_within(work: UnitOfWork, key: str) -> None:
    if work.bounds.limits[0] not in (None, key):
        raise TenantNotFound(key=key)


class TenantsController(Controller):
    """Your own tenant; with the scope `tenants:all`, every one."""

    path = "/api/v1/tenants"
    tags = ["Tenants"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=WRITE | {"idempotent": True})
    async def create(
        self, data: JSONBody[TenantBody], runtime: FromRuntime, actor: FromActor
    ) -> TenantAnswer:
        """Add a tenant; needs the scope `tenants:all` as well."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            if work.bounds.limits[0] is not None:
                raise NotAllTenants
            await create_tenant(work, data.key, data.title)
            return await answered(work, _present(await get_tenant(work, data.key)))

    @get(opt=READ)
    async def list_all(self, runtime: FromRuntime) -> TenantsAnswer:
        """Tenants, by key."""
        async with runtime.database.reading() as work:
            own = work.bounds.limits[0]
            found = await list_tenants(work.session)
        return TenantsAnswer([_present(one) for one in found if own in (None, one.key)])

    @get("/{key:str}", opt=READ)
    async def show(self, key: FromPath[str], runtime: FromRuntime) -> TenantAnswer:
        """One tenant."""
        async with runtime.database.reading() as work:
            _check_within(work, key)
            return _present(await get_tenant(work, key))

    @patch("/{key:str}", opt=WRITE)
    async def change(
        self,
        key: FromPath[str],
        data: JSONBody[TenantChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> TenantAnswer:
        """Change a tenant's settings; which one is the master is said with `tenants:all` alone."""
        values = to_builtins(data)
        async with runtime.database.unit_of_work(actor=actor) as work:
            _check_within(work, key)
            if "is_master" in values and work.bounds.limits[0] is not None:
                raise NotAllTenants
            return _present(await change_tenant(work, key, **values))
