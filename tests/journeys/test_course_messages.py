"""What both providers post about one order, in any order and number: the end is the same."""

from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.databases import opened
from tests.journeys.school import School, running_school
from tests.orders.campus import Learner
from tests.quiet import is_quiet
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.testing.control import VendorControl

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def school(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[School]:
    """A school whose providers post nothing before they are told to."""
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_school(database, url, tmp_path_factory.mktemp("school")) as school,
    ):
        yield school
        await school.world.until_at_rest()
        assert [] == await school.broken()


async def hold_back(school: School) -> None:
    """Have nothing posted that is told from now on."""
    for vendor in (school.lyra, school.lexpersona):
        await vendor.fail_webhook("webhook_lost", count=None)


async def post_everything(school: School, dice: Random) -> None:
    """Post all that was ever told, some of it several times, in an order of the dice's; wait for it."""
    for vendor in (school.lyra, school.lexpersona):
        await vendor.mend()
    told: list[tuple[VendorControl, int]] = [
        (vendor, one["id"])
        for vendor in (school.lyra, school.lexpersona)
        for one in await vendor.deliveries()
    ]
    posted = [*told, *dice.choices(told, k=len(told))]
    dice.shuffle(posted)
    for vendor, delivery in posted:
        await vendor.resend(delivery)
        if dice.random() < 0.4:
            await until_heard(school)
    await until_heard(school)
    await hold_back(school)


async def until_heard(school: School) -> None:
    """Wait until nothing is on its way, and everything that came is read."""

    async def is_read() -> bool:
        return not await school.world.fetch("SELECT FROM inbox WHERE processed_at IS NULL")

    await until(lambda: is_quiet((school.lyra, school.lexpersona), is_read))


async def end_of(school: School, learner: Learner, order: dict[str, Any]) -> dict[str, Any]:
    """Where an order is, what was moved for it, and what became of it on the way."""
    shown = await school.look(learner, order)
    rows = await school.world.fetch(
        "SELECT t.kind, t.amount FROM payment_transactions AS t WHERE t.contract_id = $1::uuid",
        order["id"],
    )
    walked = await school.world.fetch(
        "SELECT to_state FROM history WHERE subject = 'orders' AND subject_id = $1::uuid ORDER BY id",
        order["id"],
    )
    return {
        "state": shown["state"],
        "schedule": [(one["amount"], one["state"]) for one in shown["payment_schedule"]],
        "signed": {
            name: bool(shown["contract"][f"{name}_signed_on"])
            for name in ("student", "organization")
        },
        "moved": Counter(f"{row['kind']} {row['amount']}" for row in rows),
        "walked": [row["to_state"] for row in walked],
        "enrollments": [one["state"] for one in shown["target_enrollments"]],
    }


class TestMessagesOfBothProviders:
    @pytest.mark.parametrize(
        "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 8))]
    )
    async def test_come_to_the_same_end(self, school: School, seed: int) -> None:
        """Signed by both, a card saved, one payment refused, paid by hand, all of it given back."""
        dice, offer = Random(seed), await school.offer(price="100.00", lasts=5)
        await hold_back(school)
        learner = school.campus.learner()
        order = await learner.order(offer)
        said = await learner.ask("POST", f"/orders/{order['id']}/submit-for-signature")
        await school.press(said.body["invitation_link"], "sign")
        form = (await learner.ask("POST", "/credit-cards/tokenize-card")).body["form_token"]
        await school.lyra.operate("pay", form_token=form)
        await post_everything(school, dice)
        await school.countersign(order)

        [card] = (await learner.ask("GET", "/credit-cards")).body["items"]
        await school.lyra.act(debits="refuse")
        await school.pay_with(learner, order, card["id"])
        await school.until(learner, order, "no_payment")
        path = f"/orders/{order['id']}/submit-installment-payment"
        form = (await learner.ask("POST", path, json={})).body["form_token"]
        await school.lyra.operate("pay", form_token=form)
        await post_everything(school, dice)
        assert "completed" == (await school.look(learner, order))["state"]
        await school.admin(order, "cancel", reason="moved")
        await school.admin(order, "refund")
        await school.until(learner, order, "refunded")
        await post_everything(school, dice)

        assert {
            "state": "refunded",
            "schedule": [(100.0, "refunded")],
            "signed": {"student": True, "organization": True},
            "moved": {"refusal 100.00": 1, "payment 100.00": 1, "refund 100.00": 1},
            "walked": [
                *("assigned", "to_sign", "signing", "to_save_payment_method", "pending"),
                *("no_payment", "completed", "canceled", "refunding", "refunded"),
            ],
            "enrollments": ["closed"],
        } == await end_of(school, learner, order)
