"""``/api/v1/admin/organizations``: who offers courses, and who acts for them."""

from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import convert

from tramita.kit.database.records import get_one
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page
from tramita.orders.api.admin_catalog import CREATE, READ, TAGS, WRITE, newest, remove_row
from tramita.orders.api.admin_schemas import (
    MemberBody,
    MembersAnswer,
    OrganizationAnswer,
    OrganizationBody,
    OrganizationChangeBody,
    given,
)
from tramita.orders.catalog import (
    add_member,
    change_organization,
    create_organization,
    remove_member,
)
from tramita.orders.model import Organization
from tramita.orders.queries import list_members
from tramita.orders.views import MemberAnswer


def present_organization(organization: Organization) -> OrganizationAnswer:
    """An organization as administrators see it."""
    return convert(organization, OrganizationAnswer, from_attributes=True)


class OrganizationsController(Controller):
    """Organizations and their members."""

    path = "/api/v1/admin/organizations"
    tags = TAGS
    dependencies = ACTOR

    @post(opt=CREATE)
    async def create(
        self, data: JSONBody[OrganizationBody], runtime: FromRuntime, actor: FromActor
    ) -> OrganizationAnswer:
        """Add an organization."""
        values = given(data, but=("seller",))
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_organization(work, values, data.seller)
            return await answered(work, present_organization(made))

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[OrganizationAnswer]:
        """Organizations, newest first."""
        return await newest(runtime, Organization, present_organization, limit, cursor)

    @get("/{organization_id:uuid}", opt=READ)
    async def show(
        self, organization_id: FromPath[UUID], runtime: FromRuntime
    ) -> OrganizationAnswer:
        """One organization."""
        async with runtime.database.session() as session:
            return present_organization(await get_one(session, Organization, organization_id))

    @patch("/{organization_id:uuid}", opt=WRITE)
    async def change(
        self,
        organization_id: FromPath[UUID],
        data: JSONBody[OrganizationChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> OrganizationAnswer:
        """Change an organization; another ``seller`` stands on invoices to come."""
        values = given(data, but=("seller",))
        async with runtime.database.unit_of_work(actor=actor) as work:
            changed = await change_organization(work, organization_id, values, data.seller)
            return present_organization(changed)

    @delete("/{organization_id:uuid}", opt=WRITE)
    async def remove(
        self, organization_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete an organization that offers nothing and has no orders."""
        await remove_row(runtime, actor, Organization, organization_id)

    @post("/{organization_id:uuid}/members", opt=CREATE)
    async def add_member(
        self,
        organization_id: FromPath[UUID],
        data: JSONBody[MemberBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> MemberAnswer:
        """Let somebody act for an organization; its owners sign contracts."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await add_member(work, organization_id, given(data))
            members = await list_members(work, organization_id)
            return await answered(work, next(one for one in members if one.id == made))

    @get("/{organization_id:uuid}/members", opt=READ)
    async def list_members(
        self, organization_id: FromPath[UUID], runtime: FromRuntime
    ) -> MembersAnswer:
        """Everybody who acts for an organization."""
        async with runtime.database.unit_of_work() as work:
            await get_one(work.session, Organization, organization_id)
            return MembersAnswer(await list_members(work, organization_id))

    @delete("/{organization_id:uuid}/members/{member_id:uuid}", opt=WRITE)
    async def remove_member(
        self,
        organization_id: FromPath[UUID],
        member_id: FromPath[UUID],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> None:
        """Let somebody act no more."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await remove_member(work, organization_id, member_id)
