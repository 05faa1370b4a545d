"""From a card that is saved to instalments that are paid, over HTTP to Lyra's simulator."""

import pytest

from tests.payments.shop import Shop
from tests.world import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestAContractThatIsPaid:
    async def test_is_debited_at_once_what_is_due(self, shop: Shop) -> None:
        """A course that begins today: the first instalment is paid, and the contract's keeper told."""
        learner = await shop.payable("300.00")

        await shop.schedule(learner)
        await shop.until_states(learner, "paid", "pending", "pending")

        assert [await shop.installment(learner)] == await shop.payments(learner)
        assert learner.contract in shop.keeper.told

    async def test_has_a_transaction_and_invoices(self, shop: Shop) -> None:
        """One movement under the provider's name, the main invoice and one for the payment."""
        learner = await shop.payable("300.00")
        await shop.schedule(learner)
        await shop.until_states(learner, "paid", "pending", "pending")

        [paid] = await shop.world.fetch(
            "SELECT reference, amount, kind, last_numbers FROM payment_transactions "
            "WHERE contract_id = $1",
            learner.contract,
        )
        invoices = await shop.world.fetch(
            "SELECT kind, total, parent_id IS NULL AS is_top FROM invoices WHERE contract_id = $1 "
            "ORDER BY number",
            learner.contract,
        )
        ledger = [
            row["data"]["uuid"]
            for row in await shop.lyra.ledger("payment_paid")
            if row["subject"] == await shop.installment(learner)
        ]

        assert [paid["reference"]] == ledger
        assert ("payment", "90.00", "0014") == (
            paid["kind"],
            str(paid["amount"]),
            paid["last_numbers"],
        )
        assert [("main", "300.00", True), ("payment", "90.00", False)] == [
            (row["kind"], str(row["total"]), row["is_top"]) for row in invoices
        ]

    async def test_waits_for_what_is_not_due(self, shop: Shop) -> None:
        """A course far ahead: nothing is debited before the time to withdraw is over."""
        learner = await shop.payable("300.00")

        await shop.schedule(learner, starts_in=60)
        await shop.world.until_at_rest()

        assert ["pending"] * 3 == await shop.states(learner)
        assert [] == await shop.payments(learner)

    async def test_shows_the_card_that_pays(self, shop: Shop) -> None:
        """As its provider told of it; and it can be debited while its owner is away."""
        learner = await shop.payable()

        card = (await shop.account(learner)).card

        assert card is not None
        assert ("visa", 12, 2099, "0014", True) == (
            card.brand,
            card.expiration_month,
            card.expiration_year,
            card.last_numbers,
            card.can_debit,
        )


class TestTheBanksNo:
    async def test_leaves_the_instalment_refused(self, shop: Shop) -> None:
        """With the reason, and whoever keeps the contract is told."""
        learner = await shop.payable("150.00", card="4970100000000063")

        await shop.schedule(learner)
        await shop.until_states(learner, "refused", "pending")

        [row] = await shop.world.fetch(
            "SELECT refusal FROM installments WHERE contract_id = $1 AND state = 'refused'",
            learner.contract,
        )
        assert row["refusal"].startswith("insufficient_funds: ")
        assert [] == await shop.payments(learner)


class TestADebitWhoseAnswerIsLost:
    @pytest.mark.parametrize("kind", ["reset_after_effect", "reset_before_effect", "http_500"])
    async def test_is_found_or_made_once(self, shop: Shop, kind: str) -> None:
        """Whether it was done or not, the ledger holds one in the end."""
        learner = await shop.payable("150.00")
        await shop.lyra.fail(kind, operation="create_payment", match={"form_action": "SILENT"})

        await shop.schedule(learner)
        await shop.until_states(learner, "paid", "pending", deadline=60)

        assert [await shop.installment(learner)] == await shop.payments(learner)

    async def test_that_arrives_late_is_not_made_twice(self, shop: Shop) -> None:
        """Nobody believes at once that there is nothing."""
        learner = await shop.payable("150.00")
        silent = {"form_action": "SILENT"}
        await shop.lyra.fail(
            "lost_then_done", operation="create_payment", match=silent, arguments={"seconds": 0.1}
        )

        await shop.schedule(learner)
        await shop.until_states(learner, "paid", "pending", deadline=60)

        assert [await shop.installment(learner)] == await shop.payments(learner)


class TestATransactionThatIsDecidedLater:
    @pytest.mark.parametrize(("is_paid", "state"), [(True, "paid"), (False, "refused")])
    async def test_ends_as_its_bank_says(self, shop: Shop, is_paid: bool, state: str) -> None:
        """By the message, or by asking."""
        await shop.lyra.act(debits="hold")
        learner = await shop.payable("150.00")
        await shop.schedule(learner)

        async def is_held() -> bool:
            return bool(await shop.payments(learner, "payment_held"))

        await until(is_held)
        await shop.lyra.operate(
            "settle", installment_id=await shop.installment(learner), is_paid=is_paid
        )

        await shop.until_states(learner, state, "pending")
