"""What Lyra tells of its own accord: in any order, again, late, forged or about somebody else."""

import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.payments.shop import Learner, Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

PASSWORD = "lyra-demonstration-password"
HERE = "/api/v1/payments/notifications/"


@pytest_asyncio.fixture(loop_scope="module")
async def shop(shared_shop: Shop) -> AsyncIterator[Shop]:
    """A shop without a look at its promises: these messages tell of payments that nobody made."""
    yield shared_shop
    await shared_shop.lyra.mend()
    await shared_shop.world.until_at_rest()


def message(
    installment: str, uuid: str, status: str, amount: int = 4500, password: str = PASSWORD
) -> bytes:
    """A message as Lyra's documents have it, signed."""
    answer = json.dumps(
        {
            "orderStatus": status,
            "orderDetails": {"orderId": "o"},
            "customer": {"reference": None},
            "transactions": [
                {
                    "uuid": uuid,
                    "amount": amount,
                    "currency": "EUR",
                    "status": status,
                    "detailedStatus": "AUTHORISED" if status == "PAID" else "REFUSED",
                    "operationType": "DEBIT",
                    "metadata": {"installment_id": installment},
                }
            ],
        }
    )
    signed = hmac.new(password.encode(), answer.encode(), hashlib.sha256).hexdigest()
    return urlencode(
        {
            "kr-hash": signed,
            "kr-hash-algorithm": "sha256_hmac",
            "kr-hash-key": "password",
            "kr-answer-type": "V4/Payment",
            "kr-answer": answer,
        }
    ).encode()


async def post(shop: Shop, body: bytes, path: str = HERE) -> int:
    """Post a message; answers the status."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with shop.world.api.post(path, data=body, headers=headers) as answer:
        return answer.status


async def waiting(shop: Shop) -> Learner:
    """Somebody whose instalments wait for their days."""
    learner = await shop.learner("150.00")
    await shop.schedule(learner, starts_in=60)
    return learner


async def unread(shop: Shop) -> list[str]:
    """What was wrong with messages that nobody understood."""
    rows = await shop.world.fetch(
        "SELECT not_understood FROM inbox WHERE not_understood IS NOT NULL ORDER BY id"
    )
    return [row["not_understood"] for row in rows]


class TestMessages:
    @pytest.mark.parametrize("seed", range(6))
    async def test_come_to_the_same_in_any_order_and_number(self, shop: Shop, seed: int) -> None:
        """Two refusals and a payment, each as often as one likes, one after the other or at once."""
        chance = random.Random(seed)
        learner = await waiting(shop)
        installment = await shop.installment(learner)
        told = [
            message(installment, uuid4().hex, status) for status in ("UNPAID", "UNPAID", "PAID")
        ]
        posted = [*told, *chance.choices(told, k=4)]
        chance.shuffle(posted)

        statuses = set()
        for body in posted:
            statuses.add(await post(shop, body))
            if chance.random() < 0.5:
                await shop.until_read()
        await shop.until_read()

        assert {204} == statuses
        told_of = await shop.world.fetch(
            "SELECT DISTINCT subject_id::text AS id FROM inbox WHERE subject_id = ANY("
            "SELECT id FROM installments WHERE contract_id = $1)",
            learner.contract,
        )
        assert [installment] == [row["id"] for row in told_of]
        assert ["paid", "pending"] == await shop.states(learner)
        moved = await shop.transactions(learner)
        assert ["payment 45.00", "refusal 45.00", "refusal 45.00"] == sorted(moved)
        invoices = await shop.world.fetch(
            "SELECT FROM invoices WHERE contract_id = $1", learner.contract
        )
        assert 2 == len(invoices)

    async def test_that_are_forged_are_refused(self, shop: Shop) -> None:
        """Whatever the address; and nothing changes."""
        learner = await waiting(shop)
        forged = message(
            await shop.installment(learner), uuid4().hex, "PAID", password="a stranger's"
        )

        assert [403, 403] == [await post(shop, forged, path) for path in (HERE, "/webhooks/lyra")]
        assert ["pending", "pending"] == await shop.states(learner)

    async def test_that_are_replayed_after_a_refund_change_nothing(self, shop: Shop) -> None:
        """What was recorded once is known again, also when its body is kept no longer."""
        learner = await waiting(shop)
        paid = message(await shop.installment(learner), uuid4().hex, "PAID")
        await post(shop, paid)
        await shop.until_states(learner, "paid", "pending")
        await shop.world.fetch(
            "WITH gone AS (DELETE FROM inbox RETURNING provider, vendor_id) "
            "INSERT INTO inbox_seen SELECT tramita_seen(provider, vendor_id) FROM gone "
            "ON CONFLICT DO NOTHING"
        )
        await shop.world.fetch(
            "UPDATE installments SET state = 'refunded' WHERE contract_id = $1 AND state = 'paid'",
            learner.contract,
        )

        assert 204 == await post(shop, paid)
        await shop.until_read()

        assert ["refunded", "pending"] == await shop.states(learner)
        assert ["payment 45.00"] == await shop.transactions(learner)

    async def test_of_another_amount_are_kept_and_shown(self, shop: Shop) -> None:
        """A payment of one euro pays no instalment."""
        learner = await waiting(shop)
        await post(shop, message(await shop.installment(learner), uuid4().hex, "PAID", amount=100))
        await shop.until_read()

        assert ["pending", "pending"] == await shop.states(learner)
        assert any(
            "It pays 1.00 EUR for an instalment of 45.00 EUR." in one for one in await unread(shop)
        )

    @pytest.mark.parametrize(
        "installment", ["00000000-0000-4000-8000-000000000000", "nobody's", "../../orders"]
    )
    async def test_about_nobodys_instalment_are_kept_and_shown(
        self, shop: Shop, installment: str
    ) -> None:
        """They are answered as any other, so that Lyra does not come again."""
        assert 204 == await post(shop, message(installment, uuid4().hex, "PAID"))
        await shop.until_read()

        assert any(installment[:8] in one for one in await unread(shop))

    async def test_may_be_lost_twice_or_late(self, shop: Shop) -> None:
        """The debit's own answer counts as well, and comes to the same."""
        ends: list[Any] = []
        for kind in ("webhook_lost", "webhook_duplicate", "webhook_before_answer"):
            await shop.lyra.fail_webhook(kind, match={"type": "DEBIT"})
            learner = await shop.paid()
            await shop.until_read()
            ends.append((await shop.states(learner), await shop.transactions(learner)))

        assert [(["paid", "pending"], ["payment 45.00"])] * 3 == ends
