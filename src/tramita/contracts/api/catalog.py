"""``/api/v1/products`` and ``/api/v1/packages``: what can be sold."""

from typing import Any
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from tramita.contracts.api.schemas import (
    PackageAnswer,
    PackageBody,
    PackageChangeBody,
    ProductAnswer,
    ProductBody,
    ProductChangeBody,
    present_package,
    present_product,
    to_package_values,
    to_product_values,
)
from tramita.contracts.catalog import (
    change_package,
    change_product,
    create_package,
    create_product,
)
from tramita.contracts.model import Package, Product
from tramita.kit.database.records import delete_row, get_one, list_newest
from tramita.kit.http.actors import ACTOR
from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromActor, FromRuntime
from tramita.kit.http.pages import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, to_page

READ: dict[str, Any] = {"scope": "contracts:read"}
WRITE: dict[str, Any] = {"scope": "catalog:write"}
CREATE: dict[str, Any] = WRITE | {"idempotent": True}


class ProductsController(Controller):
    """What is sold."""

    path = "/api/v1/products"
    tags = ["Catalog"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=CREATE)
    async def create(
        self, data: JSONBody[ProductBody], runtime: FromRuntime, actor: FromActor
    ) -> ProductAnswer:
        """Add a product."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_product(work, to_product_values(data))
            return await answered(work, present_product(made))

    @get(opt=READ)
    async def list_all(
        self, runtime: FromRuntime, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
    ) -> Page[ProductAnswer]:
        """Products, newest first."""
        before = decode_cursor(cursor, UUID)
        async with runtime.database.session() as session:
            rows = await list_newest(session, Product, [], before=before, limit=limit)
        return to_page(rows, limit, present=present_product, key=lambda row: row.id)

    @get("/{product_id:uuid}", opt=READ)
    async def show(self, product_id: FromPath[UUID], runtime: FromRuntime) -> ProductAnswer:
        """One product."""
        async with runtime.database.session() as session:
            return present_product(await get_one(session, Product, product_id))

    @patch("/{product_id:uuid}", opt=WRITE)
    async def change(
        self,
        product_id: FromPath[UUID],
        data: JSONBody[ProductChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> ProductAnswer:
        """Change a product; contracts already made keep their backend."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            return present_product(await change_product(work, product_id, to_product_values(data)))

    @delete("/{product_id:uuid}", opt=WRITE)
    async def remove(
        self, product_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete a product that nothing refers to; else stop selling it with ``active``."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await delete_row(work, Product, product_id)


class PackagesController(Controller):
    """How products are sold."""

    path = "/api/v1/packages"
    tags = ["Catalog"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = ACTOR

    @post(opt=CREATE)
    async def create(
        self, data: JSONBody[PackageBody], runtime: FromRuntime, actor: FromActor
    ) -> PackageAnswer:
        """Add a package to a product."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            made = await create_package(work, to_package_values(data))
            return await answered(work, present_package(made))

    @get(opt=READ)
    async def list_all(
        self,
        runtime: FromRuntime,
        product: FromQuery[UUID | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> Page[PackageAnswer]:
        """Packages, newest first, of one product or of all."""
        wanted = [Package.product_id == product] if product else []
        before = decode_cursor(cursor, UUID)
        async with runtime.database.session() as session:
            rows = await list_newest(session, Package, wanted, before=before, limit=limit)
        return to_page(rows, limit, present=present_package, key=lambda row: row.id)

    @get("/{package_id:uuid}", opt=READ)
    async def show(self, package_id: FromPath[UUID], runtime: FromRuntime) -> PackageAnswer:
        """One package."""
        async with runtime.database.session() as session:
            return present_package(await get_one(session, Package, package_id))

    @patch("/{package_id:uuid}", opt=WRITE)
    async def change(
        self,
        package_id: FromPath[UUID],
        data: JSONBody[PackageChangeBody],
        runtime: FromRuntime,
        actor: FromActor,
    ) -> PackageAnswer:
        """Change a package's name, price or terms."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            return present_package(await change_package(work, package_id, to_package_values(data)))

    @delete("/{package_id:uuid}", opt=WRITE)
    async def remove(
        self, package_id: FromPath[UUID], runtime: FromRuntime, actor: FromActor
    ) -> None:
        """Delete a package that no contract has."""
        async with runtime.database.unit_of_work(actor=actor) as work:
            await delete_row(work, Package, package_id)
