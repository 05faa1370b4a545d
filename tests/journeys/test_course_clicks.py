"""Whoever clicks twice at once, or is answered twice, has it done once: the ledgers say so."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.databases import opened
from tests.journeys.school import School, running_school
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_school(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[School]:
    """One school for all tests of this module."""
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_school(database, url, tmp_path_factory.mktemp("school")) as school,
    ):
        yield school


@pytest_asyncio.fixture(loop_scope="module")
async def school(shared_school: School) -> AsyncIterator[School]:
    """The school; in the end nothing is left to do, and no promise broken."""
    yield shared_school
    await shared_school.world.until_at_rest()
    assert [] == await shared_school.broken()


async def clicked(times: int, click: Callable[[], Awaitable[int]]) -> Counter[int]:
    """Click so often at once; how many answers had which status."""
    return Counter(await asyncio.gather(*(click() for _ in range(times))))


class TestManyClicks:
    async def test_submit_one_procedure(self, school: School) -> None:
        """All get a link; the service has one draft, one document, one start."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer())
        path = f"/orders/{order['id']}/submit-for-signature"

        async def click() -> int:
            return (await learner.ask("POST", path)).status

        said = await clicked(4, click)

        [row] = await school.world.fetch(
            "SELECT id::text FROM signing_procedures WHERE contract_id = $1", UUID(order["id"])
        )
        rows = await school.lexpersona.effects()
        effects = [one["effect"] for one in rows if one["subject"] == row["id"]]
        assert {200: 4} == said
        assert ["workflow_created", "document_uploaded", "workflow_started"] == effects

    async def test_pay_once_and_are_refunded_once(self, school: School) -> None:
        """One debit, one cancellation, one refund."""
        offer = await school.offer(price="100.00", lasts=5)
        learner = school.campus.learner()
        order = await learner.order(offer)
        await school.sign(learner, order)
        await school.until(learner, order, "to_save_payment_method")
        card = await school.save_card(learner)
        path = f"/orders/{order['id']}"

        async def pay() -> int:
            body = {"credit_card_id": card}
            return (await learner.ask("POST", f"{path}/payment-method", json=body)).status

        async def cancel() -> int:
            return await school.admin(order, "cancel", reason="moved away")

        async def refund() -> int:
            return await school.admin(order, "refund")

        paid = await clicked(4, pay)
        await school.countersign(order)
        await school.until(learner, order, "completed")
        # A completed order is an administrator's to cancel.
        canceled = await clicked(4, cancel)
        refunded = await clicked(4, refund)
        await school.until(learner, order, "refunded")

        assert ({200: 4}, {200: 4}, {202: 4}) == (paid, canceled, refunded)
        assert 1 == len(await school.movements(order))
        assert 1 == len(await school.movements(order, "payment_refunded"))

    async def test_delete_a_card_once(self, school: School) -> None:
        """Whoever is later finds none."""
        learner = school.campus.learner()
        card = await school.save_card(learner)
        saved = (await school.lyra.ledger("card_saved"))[-1]

        async def delete() -> int:
            return (await learner.ask("DELETE", f"/credit-cards/{card}")).status

        said = await clicked(4, delete)

        async def is_gone() -> bool:
            gone = await school.lyra.ledger("token_cancelled")
            return any(one["data"] == saved["data"] for one in gone)

        await until(is_gone)
        gone = await school.lyra.ledger("token_cancelled")
        assert {204: 1, 404: 3} == said
        assert 1 == sum(one["data"] == saved["data"] for one in gone)

    async def test_stop_one_procedure(self, school: School) -> None:
        """Cancelled again and again while it may be signed."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer())
        await learner.ask("POST", f"/orders/{order['id']}/submit-for-signature")

        async def cancel() -> int:
            return (await learner.ask("POST", f"/orders/{order['id']}/cancel")).status

        said = await clicked(4, cancel)
        await school.world.until_at_rest()

        [row] = await school.world.fetch(
            "SELECT id::text FROM signing_procedures WHERE contract_id = $1", UUID(order["id"])
        )
        stopped = [one["subject"] for one in await school.lexpersona.ledger("workflow_stopped")]
        asked = [
            one
            for one in await school.lexpersona.journal()
            if '"stopped"' in one["request"] and one["fields"]["subject"] == row["id"]
        ]
        assert ({200: 4}, 1, 1) == (said, stopped.count(row["id"]), len(asked))


class TestEveryMessage:
    async def test_may_come_twice(self, school: School) -> None:
        """A card is saved, a contract signed and an instalment paid, and all of it is told twice."""
        for vendor in (school.lyra, school.lexpersona):
            await vendor.fail_webhook("webhook_duplicate", count=None)
        learner, order = await school.ordered(await school.offer(price="100.00", lasts=5))
        await school.countersign(order)
        await school.until(learner, order, "completed")
        for vendor in (school.lyra, school.lexpersona):
            await vendor.mend()
        await school.world.until_at_rest()

        cards = (await learner.ask("GET", "/credit-cards")).body["items"]
        rows = await school.world.fetch(
            "SELECT kind FROM payment_transactions WHERE contract_id = $1", UUID(order["id"])
        )
        assert (1, ["payment"]) == (len(cards), [row["kind"] for row in rows])
        assert 1 == len(await school.movements(order))
