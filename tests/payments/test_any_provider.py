"""The whole way, at whoever takes the cards: saved, paid, given back and deleted."""

from dataclasses import replace

import pytest

from tests.payments.shop import Shop
from tests.world import until
from tramita.payments.accounts import cancel_remaining, start_refunds, unbind_card
from tramita.payments.cards import delete_card
from tramita.testing.control import VendorControl

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestAtAnyProvider:
    @pytest.mark.parametrize("key", ["lyra", "dummypay"])
    async def test_a_contract_is_paid_and_given_back(self, shop: Shop, key: str) -> None:
        """By the same journey."""
        here = replace(shop, lyra=VendorControl(shop.lyra.session, key))
        shop.world.runtime.configure(shop.settings.model_copy(update={"provider": key}))
        learner = await here.learner("150.00")
        card = await here.save_card(learner)
        await here.bind(learner, card)
        assert (await here.account(learner)).has_payment_method
        await here.schedule(learner)
        await here.until_states(learner, "paid", "pending")

        async with shop.world.database.unit_of_work(actor="test") as work:
            await cancel_remaining(work, learner.contract)
            await start_refunds(work, learner.contract)
        await here.until_states(learner, "refunded", "canceled")
        async with shop.world.database.unit_of_work(actor="test") as work:
            await unbind_card(work, learner.contract)
            await delete_card(work, await here.payer_of(learner), card)

        async def is_forgotten() -> bool:
            return bool(await here.lyra.ledger("token_cancelled"))

        await until(is_forgotten)
        shop.world.runtime.configure(shop.settings)
        assert [await here.installment(learner)] == await here.payments(learner)
        assert ["payment 45.00", "refund 45.00"] == await here.transactions(learner)
