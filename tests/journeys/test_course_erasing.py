"""A learner is erased, and nothing of them is left but what the law wants; or it is said why not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import fresh_database
from tests.databases import opened
from tests.forgetting import (
    PEOPLE,
    ask_to_erase,
    rows_of,
    traces,
    until_erased,
    until_nothing_waits,
)
from tests.journeys.school import PAYING, School, running_school
from tests.orders.campus import ADDRESS, Learner, Offer
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.files import FileNotKept
from tramita.kit.people.erasing import erase_person
from tramita.kit.people.erasures import enqueue_due
from tramita.kit.people.files import forget_files
from tramita.kit.settings import Settings

EMAIL = "zulmira.q@example.org"


@asynccontextmanager
async def a_school(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[School]:
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_school(database, url, tmp_path_factory.mktemp("school")) as school,
    ):
        yield school


async def somebodys_order(school: School, offer: Offer) -> tuple[Learner, dict[str, Any], UUID]:
    """What the person has ordered and signed, waiting for a card; answers the customer as well."""
    learner = Learner(
        school.campus.site, EMAIL, {"email": EMAIL, "full_name": "Zulmira Quartzberg"}
    )
    address = ADDRESS | {"last_name": "Quartzberg", "address": "Travessa do Quartzo 7"}
    path = f"/api/v1/admin/contract-definitions/{offer.product['contract_definition']}"
    definition = {"body": "# Agreement of {{ learner.full_name }}"}
    await school.campus.site.ask("PATCH", path, json=definition)
    order = await learner.order(offer, billing_address=address)
    await school.sign(learner, order)
    await school.until(learner, order, "to_save_payment_method")
    [row] = await school.world.fetch("SELECT owner_id FROM orders WHERE id = $1", UUID(order["id"]))
    return learner, order, row["owner_id"]


class TestErasingALearner:
    async def test_leaves_nothing_of_the_person(
        self, server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """Name, address, user name and e-mail; the order keeps its figures and its end."""
        async with a_school(server, tmp_path_factory) as school:
            school.world.runtime.configure(PAYING.model_copy(update={"law_years": 0}))
            database, files = school.world.database, school.world.runtime.files
            learner, order, customer = await somebodys_order(school, await school.offer())

            refused, _ = await ask_to_erase(school.world, str(customer))
            await learner.ask("POST", f"/orders/{order['id']}/cancel")
            await until_nothing_waits(database)
            before = {one.partition(":")[0] for one in await traces(database)}
            [document] = await database.fetch("SELECT file FROM documents")
            assert (await files.get(document["file"])).startswith(b"%PDF")
            held = await everything_held(school, customer)
            status, erasure = await ask_to_erase(school.world, str(customer))
            await until_erased(school.world, erasure["id"])

            assert (409, 202) == (refused, status)
            assert (EMAIL, EMAIL) == (held["learners"][0]["username"], held["payers"][0]["owner"])
            assert EMAIL in {one["email"] for one in held["signatories"]}
            assert {"# Agreement of Zulmira Quartzberg"} == {
                one["text"] for one in held["documents"]
            }
            assert {"Zulmira", "Quartzberg", "zulmira.q@", "Travessa do Quartzo"} <= before
            assert [] == await traces(database)
            await forget_files(school.world.runtime)
            with pytest.raises(FileNotKept):
                await files.get(document["file"])
            assert [] == await database.fetch("SELECT FROM stored_files")
            kept = (await school.campus.site.ask("GET", f"/api/v1/admin/orders/{order['id']}")).body
            assert ("canceled", 100.0) == (kept["state"], kept["total"])
            assert kept["owner"].startswith("(erased)")

    async def test_is_possible_when_the_order_and_its_course_are_over(
        self, server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """What was signed and whom invoices were for stay until the law's day, each named with it."""
        async with a_school(server, tmp_path_factory) as school:
            world, database = school.world, school.world.database
            learner, order, customer = await somebodys_order(
                school, await school.offer(price="300.00", lasts=30)
            )
            await school.countersign(order)
            await school.pay_with(learner, order, await school.save_card(learner))
            await school.until(learner, order, "pending_payment")
            await school.pass_days(31)
            await school.until(learner, order, "completed")
            await until_nothing_waits(database)
            until = "UPDATE orders SET ends_on = tramita_now()::date + $1::int"
            await database.fetch(until, 2)
            refused, why = await ask_to_erase(world, str(customer))
            await database.fetch(until, -2)

            status, erasure = await ask_to_erase(world, str(customer))
            kept = (await until_erased(world, erasure["id"], "kept"))["kept"]

            assert (409, 202) == (refused, status)
            assert "is completed, and its course ends on" in why["detail"]
            [ran] = [one for one in kept if "8.078" in one["law"]]
            billed = [one for one in kept if "L123-22" in one["law"]]
            assert (order["id"], 3) == (ran["thing"], len(billed))
            assert {"Quartzberg"} == {one["last_name"] for (one,) in await addresses(database)}
            [procedure] = await database.fetch("SELECT signed_file FROM signing_procedures")
            assert await world.runtime.files.get(procedure["signed_file"])
            assert [("(erased)", "(erased)")] == await rows_of(database, "payers", "owner, email")

            async with database.unit_of_work(actor="test") as work:
                await advance_clock(work, Settings(), timedelta(days=12 * 366))
                await enqueue_due(work)
            await erase_person(database, PEOPLE, UUID(erasure["id"]))

            assert [] == await traces(database)


async def everything_held(school: School, customer: UUID) -> dict[str, Any]:
    """What the person is told of themselves, by table."""
    said = await school.campus.site.ask(
        "POST", "/api/v1/customers/export", json={"person": str(customer)}
    )
    held: dict[str, Any] = said.body["held"]
    return held


async def addresses(database: Database) -> list[tuple[Any, ...]]:
    """What stands on invoices."""
    rows = await database.fetch("SELECT address FROM payment_accounts")
    accounts = PEOPLE.table("payment_accounts")
    return [tuple(accounts.decrypted(database.keys, row).values()) for row in rows]
