"""A processor that takes another amount than was asked for: no promise of ours covers that."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.payments.shop import Learner, Shop
from tests.world import until
from tramita.payments.accounts import cancel_remaining
from tramita.payments.errors import PaymentProviderRefused
from tramita.payments.forms import open_payment_form
from tramita.payments.journey.ask_forms import look_at_forms
from tramita.payments.story import tell_account

HALF = "other_amount"
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

    @pytest.mark.parametrize("state", ["refused", "canceled"])
    async def test_in_a_form_is_shown_with_its_instalment(self, shop: Shop, state: str) -> None:
        """Of which nobody was told: also where nothing is wanted any more."""
        learner = await shop.refused()
        await self._pay_half(shop, learner)
        if state == "canceled":
            async with shop.world.database.unit_of_work(actor="test") as work:
                await cancel_remaining(work, learner.contract)

        await shop.world.advance(timedelta(minutes=31))
        await look_at_forms(shop.world.runtime)

        async def is_shown() -> bool:
            shown = "error" if state == "refused" else state
            return (shown, HALF) == await self._shown(shop, learner)

        await until(is_shown)

    async def test_in_a_form_is_no_reason_for_another_one(self, shop: Shop) -> None:
        """Whoever opens one is told of it, and so is whoever looks at the instalment."""
        learner = await shop.refused()
        await self._pay_half(shop, learner)

        with pytest.raises(PaymentProviderRefused, match=r"22\.50"):
            await open_payment_form(shop.world.runtime, learner.contract)

        assert await self._shown(shop, learner) == ("error", HALF)

    async def _pay_half(self, shop: Shop, learner: Learner) -> None:
        opened = await open_payment_form(shop.world.runtime, learner.contract)
        await shop.lyra.act(percent=50)
        await shop.pay_unheard(learner, opened)
        await shop.lyra.act(percent=100)

    async def _shown(self, shop: Shop, learner: Learner) -> tuple[str, str]:
        async with shop.world.database.unit_of_work(actor="test") as work:
            story = await tell_account(work, learner.contract)
        assert story is not None
        first = story.installments[0]
        return first.state.value, (first.refusal or "").partition(":")[0]
