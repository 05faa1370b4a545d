"""``/api/v1/admin``: what is offered, as administrators keep it."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, convert

from tramita.kit.database.records import Findable, delete_row, get_one, list_newest
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page
from tramita.kit.runtime import Runtime
from tramita.orders.api.admin_schemas import (
    ContractDefinitionAnswer,
    ContractDefinitionBody,
    ContractDefinitionChangeBody,
    CourseAnswer,
    CourseBody,
    CourseChangeBody,
    CourseProductAnswer,
    CourseProductBody,
    CourseProductChangeBody,
    OfferingAnswer,
    OfferingBody,
    OfferingChangeBody,
    given,
    present_offering,
    present_product,
    to_product_values,
)
from tramita.orders.catalog import (
    change_coded,
    change_definition,
    change_offering,
    change_product,
    create_coded,
    create_definition,
    create_offering,
    create_product,
)
from tramita.orders.model import ContractDefinition, Course, CourseProduct, Offering

READ: Final[dict[str, Any]] = {"scope": "courses:read"}
WRITE: Final[dict[str, Any]] = {"scope": "courses:write"}
CREATE: Final[dict[str, Any]] = WRITE | {"idempotent": True}
TAGS: Final = ["Courses"]


async def newest(
    runtime: Runtime, kind: type[Any], present: Any, limit: int, cursor: str | None
) -> Page[Any]:
    """A page of everything of one kind."""
    before = decode_cursor(cursor, UUID)
    async with runtime.database.session() as session:
        rows = await list_newest(session, kind, [], before=before, limit=limit)
    return to_page(rows, limit, present=present, key=lambda row: row.id)


async def remove_row(runtime: Runtime, actor: str, kind: type[Findable], row_id: UUID) -> None:
    """Delete what nothing refers to."""
    async with runtime.database.unit_of_work(actor=actor) as work:
        await delete_row(work, kind, row_id)


def present_course(course: Course) -> CourseAnswer:
    """A course as administrators see it."""
    return convert(course, CourseAnswer, from_attributes=True)


def present_definition(definition: ContractDefinition) -> ContractDefinitionAnswer:
    """A text as administrators see it."""
    return convert(definition, ContractDefinitionAnswer, from_attributes=True)


class CoursesController(Controller):
    """What is learned, and when."""

    path = "/api/v1/admin/courses"
    tags = TAGS
    dependencies = ACTOR

    @post(opt=CREATE)
    async def create(
        self, data: JSONBody[CourseBody], runtime: FromRuntime, actor: FromActor
    ) -> CourseAnswer:
        """Add a course."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_coded(work, Course, given(data))
            return await answered(work, present_course(made))

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[CourseAnswer]:
        """Courses, newest first."""
        return await newest(runtime, Course, present_course, limit, cursor)

    @get("/{course_id:uuid}", opt=READ)
    async def show(self, course_id: FromPath[UUID], runtime: FromRuntime) -> CourseAnswer:
        """One course."""
        async with runtime.database.session() as session:
            return present_course(await get_one(session, Course, course_id))

    @patch("/{course_id:uuid}", opt=WRITE)
    async def change(
        self,
        course_id: FromPath[UUID],
        data: JSONBody[CourseChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> CourseAnswer:
        """Change a course; orders keep the dates with which they were made."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            return present_course(await change_coded(work, Course, course_id, given(data)))

    @delete("/{course_id:uuid}", opt=WRITE)
    async def remove(
        self, course_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete a course that nothing refers to."""
        await remove_row(runtime, actor, Course, course_id)


class ContractDefinitionsController(Controller):
    """The texts by which things are sold."""

    path = "/api/v1/admin/contract-definitions"
    tags = TAGS
    dependencies = ACTOR

    @post(opt=CREATE)
    async def create(
        self, data: JSONBody[ContractDefinitionBody], runtime: FromRuntime, actor: FromActor
    ) -> ContractDefinitionAnswer:
        """Add a text, in its first version."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_definition(work, given(data, but=("body",)), data.body)
            return await answered(work, present_definition(made))

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[ContractDefinitionAnswer]:
        """Texts in their present version, newest first."""
        return await newest(runtime, ContractDefinition, present_definition, limit, cursor)

    @get("/{definition_id:uuid}", opt=READ)
    async def show(
        self, definition_id: FromPath[UUID], runtime: FromRuntime
    ) -> ContractDefinitionAnswer:
        """One text in its present version."""
        async with runtime.database.session() as session:
            return present_definition(await get_one(session, ContractDefinition, definition_id))

    @patch("/{definition_id:uuid}", opt=WRITE)
    async def change(
        self,
        definition_id: FromPath[UUID],
        data: JSONBody[ContractDefinitionChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ContractDefinitionAnswer:
        """Change a text for orders to come; those made keep the version they were made with."""
        body = None if data.body is UNSET else data.body
        values = given(data, but=("body",))
        async with runtime.database.unit_of_work(actor=actor) as work:
            return present_definition(await change_definition(work, definition_id, values, body))

    @delete("/{definition_id:uuid}", opt=WRITE)
    async def remove(
        self, definition_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete a text that nothing is, or was, sold by."""
        await remove_row(runtime, actor, ContractDefinition, definition_id)


class CourseProductsController(Controller):
    """What is sold."""

    path = "/api/v1/admin/products"
    tags = TAGS
    dependencies = ACTOR

    @post(opt=CREATE)
    async def create(
        self, data: JSONBody[CourseProductBody], runtime: FromRuntime, actor: FromActor
    ) -> CourseProductAnswer:
        """Add a product."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_product(work, to_product_values(data), data.target_courses)
            return await answered(work, present_product(made))

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[CourseProductAnswer]:
        """Products, newest first."""
        return await newest(runtime, CourseProduct, present_product, limit, cursor)

    @get("/{course_product_id:uuid}", opt=READ)
    async def show(
        self, course_product_id: FromPath[UUID], runtime: FromRuntime
    ) -> CourseProductAnswer:
        """One product."""
        async with runtime.database.session() as session:
            return present_product(await get_one(session, CourseProduct, course_product_id))

    @patch("/{course_product_id:uuid}", opt=WRITE)
    async def change(
        self,
        course_product_id: FromPath[UUID],
        data: JSONBody[CourseProductChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> CourseProductAnswer:
        """Change a product for orders to come."""
        targets = None if data.target_courses is UNSET else data.target_courses
        values = to_product_values(data)
        async with runtime.database.unit_of_work(actor=actor) as work:
            return present_product(await change_product(work, course_product_id, values, targets))

    @delete("/{course_product_id:uuid}", opt=WRITE)
    async def remove(
        self, course_product_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete a product that is offered nowhere."""
        await remove_row(runtime, actor, CourseProduct, course_product_id)


class OfferingsController(Controller):
    """Which product is sold for which course, and by whom."""

    path = "/api/v1/admin/offerings"
    tags = TAGS
    dependencies = ACTOR

    @post(opt=CREATE)
    async def create(
        self, data: JSONBody[OfferingBody], runtime: FromRuntime, actor: FromActor
    ) -> OfferingAnswer:
        """Offer a product for a course."""
        values = {"course_id": data.course, "product_id": data.product, "is_open": data.is_open}
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_offering(work, values, data.organizations)
            return await answered(work, present_offering(made))

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[OfferingAnswer]:
        """Offerings, newest first."""
        return await newest(runtime, Offering, present_offering, limit, cursor)

    @get("/{offering_id:uuid}", opt=READ)
    async def show(self, offering_id: FromPath[UUID], runtime: FromRuntime) -> OfferingAnswer:
        """One offering."""
        async with runtime.database.session() as session:
            return present_offering(await get_one(session, Offering, offering_id))

    @patch("/{offering_id:uuid}", opt=WRITE)
    async def change(
        self,
        offering_id: FromPath[UUID],
        data: JSONBody[OfferingChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> OfferingAnswer:
        """Open or close an offering, or have others offer it; orders stay as they are."""
        organizations = None if data.organizations is UNSET else data.organizations
        values = given(data, but=("organizations",))
        async with runtime.database.unit_of_work(actor=actor) as work:
            return present_offering(await change_offering(work, offering_id, values, organizations))

    @delete("/{offering_id:uuid}", opt=WRITE)
    async def remove(
        self, offering_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete an offering of which nothing was ordered; else close it with ``is_open``."""
        await remove_row(runtime, actor, Offering, offering_id)
