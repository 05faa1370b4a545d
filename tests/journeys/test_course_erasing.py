"""A learner is erased, and nothing of them is left; or it is said why not."""

from uuid import UUID

import pytest

from tests.conftest import fresh_database
from tests.forgetting import ask_to_erase, traces, until_erased, until_nothing_waits
from tests.journeys.school import running_school
from tests.orders.campus import ADDRESS, Learner
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.files import FileNotKept
from tramita.kit.people.files import forget_files


class TestErasingALearner:
    async def test_leaves_nothing_of_the_person(
        self, server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """Name, address, user name and e-mail; the order keeps its figures and its end."""
        async with fresh_database(server) as url:
            database = Database.open(url)
            async with running_school(database, url, tmp_path_factory.mktemp("school")) as school:
                email = "zulmira.q@example.org"
                learner = Learner(
                    school.campus.site, email, {"email": email, "full_name": "Zulmira Quartzberg"}
                )
                address = ADDRESS | {"last_name": "Quartzberg", "address": "Travessa do Quartzo 7"}
                definition = {"body": "# Agreement of {{ learner.full_name }}"}
                offer = await school.offer()
                text = offer.product["contract_definition"]
                await school.campus.site.ask(
                    "PATCH", f"/api/v1/admin/contract-definitions/{text}", json=definition
                )
                order = await learner.order(offer, billing_address=address)
                await school.sign(learner, order)
                await school.until(learner, order, "to_save_payment_method")
                [row] = await school.world.fetch(
                    "SELECT owner_id::text AS id FROM orders WHERE id = $1", UUID(order["id"])
                )

                refused, _ = await ask_to_erase(school.world, row["id"])
                await learner.ask("POST", f"/orders/{order['id']}/cancel")
                await until_nothing_waits(database)
                before = {one.partition(":")[0] for one in await traces(database)}
                [document] = await database.fetch("SELECT file FROM documents")
                files = school.world.runtime.files
                assert (await files.get(document["file"])).startswith(b"%PDF")
                status, erasure = await ask_to_erase(school.world, row["id"])
                await until_erased(school.world, erasure["id"])

                assert (409, 202) == (refused, status)
                assert {"Zulmira", "Quartzberg", "zulmira.q@", "Travessa do Quartzo"} <= before
                assert [] == await traces(database)
                await forget_files(school.world.runtime)
                with pytest.raises(FileNotKept):
                    await files.get(document["file"])
                assert [] == await database.fetch("SELECT FROM stored_files")
                path = f"/api/v1/admin/orders/{order['id']}"
                kept = (await school.campus.site.ask("GET", path)).body
                assert ("canceled", 100.0) == (kept["state"], kept["total"])
                assert kept["owner"].startswith("(erased)")
            await database.close()
