"""A processor that takes another amount than was asked for: no promise of ours covers that."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.payments.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def shop(shared_shop: Shop) -> AsyncIterator[Shop]:
    """A shop without a look at its promises, which say that such a payment is none of ours."""
    yield shared_shop
    await shared_shop.lyra.act(percent=100)
    await shared_shop.world.until_at_rest()


class TestAnotherAmount:
    async def test_pays_nothing_and_is_not_taken_again(self, shop: Shop) -> None:
        """The processor has taken half: that is shown, and nights debit nothing more."""
        await shop.lyra.act(percent=50)
        learner = await shop.payable("150.00")
        await shop.schedule(learner)
        await shop.until_states(learner, "error", "pending")
        await shop.lyra.act(percent=100)

        await shop.nights(2)

        [row] = await shop.world.fetch(
            "SELECT refusal FROM installments WHERE contract_id = $1 AND state = 'error'",
            learner.contract,
        )
        assert (
            "other_amount: it has taken 22.50 EUR for an instalment of 45.00 EUR" == row["refusal"]
        )
        assert [await shop.installment(learner)] == await shop.payments(learner)
