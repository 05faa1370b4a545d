"""What its owner pays in a form, and what is given back."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.payments.shop import Learner, Shop
from tests.world import until
from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done
from tramita.payments.accounts import cancel_remaining, start_refunds
from tramita.payments.errors import CreditCardNotFound, NoInstallmentToPay
from tramita.payments.forms import open_payment_form
from tramita.payments.installments import lock_installments
from tramita.payments.journey.ask_forms import end_forms, look_at_forms
from tramita.payments.journey.debit_installment import load_debits
from tramita.payments.ports import PaymentBackend

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def give_back(shop: Shop, learner: Learner) -> None:
    """Cancel what is open and give back what was paid."""
    async with shop.world.database.unit_of_work(actor="test") as work:
        await cancel_remaining(work, learner.contract)
        await start_refunds(work, learner.contract)


class TestARefusedInstalment:
    async def test_is_paid_in_a_form(self, shop: Shop) -> None:
        """With another card, which is saved."""
        learner = await shop.refused()

        opened = await open_payment_form(shop.world.runtime, learner.contract)
        assert opened is not None
        await shop.lyra.operate("pay", form_token=opened.form.token)

        await shop.until_states(learner, "paid", "pending")
        assert ["refusal 45.00", "payment 45.00"] == await shop.transactions(learner)

    async def test_is_paid_with_a_saved_card(self, shop: Shop) -> None:
        """In one click of its owner."""
        learner = await shop.refused()
        card = await shop.save_card(learner)

        opened = await open_payment_form(shop.world.runtime, learner.contract, card)
        assert opened is not None
        await shop.lyra.operate("pay", form_token=opened.form.token, card="")

        await shop.until_states(learner, "paid", "pending")

    async def test_is_not_debited_while_its_owner_pays(self, shop: Shop) -> None:
        """For half an hour the night passes it over."""
        learner = await shop.refused()
        await open_payment_form(shop.world.runtime, learner.contract)
        await shop.world.fetch(
            "UPDATE installments SET refused_at = refused_at - interval '20 days', "
            "debited_on = debited_on - 20, form_until = tramita_now() + interval '30 minutes' "
            "WHERE contract_id = $1 AND state = 'refused'",
            learner.contract,
        )
        before = len(await shop.payments(learner, "payment_refused"))

        await shop.look()
        assert before == len(await shop.payments(learner, "payment_refused"))
        await shop.world.fetch("UPDATE installments SET form_until = tramita_now()")
        await shop.look()

        assert before < len(await shop.payments(learner, "payment_refused"))

    async def test_that_was_paid_in_a_lost_form_is_not_debited(self, shop: Shop) -> None:
        """The message of it never came: the provider is asked before anything is debited again."""
        learner = await shop.refused()
        opened = await open_payment_form(shop.world.runtime, learner.contract)
        await shop.pay_unheard(learner, opened)
        assert ["refused", "pending"] == await shop.states(learner)

        await shop.nights(3)

        assert ["paid", "pending"] == await shop.states(learner)
        assert [await shop.installment(learner)] == await shop.payments(learner)

    async def test_that_was_paid_meanwhile_gets_no_second_form(self, shop: Shop) -> None:
        """It is written down instead."""
        learner = await shop.refused()
        opened = await open_payment_form(shop.world.runtime, learner.contract)
        await shop.pay_unheard(learner, opened)

        assert await open_payment_form(shop.world.runtime, learner.contract) is None

        assert ["paid", "pending"] == await shop.states(learner)

    async def test_is_not_paid_with_somebody_elses_card(self, shop: Shop) -> None:
        """There is no such card for them."""
        learner, other = await shop.refused(), await shop.learner()
        theirs = await shop.save_card(other)

        for card in (theirs, uuid4()):
            with pytest.raises(CreditCardNotFound):
                await open_payment_form(shop.world.runtime, learner.contract, card)

    async def test_is_the_only_one_that_is_paid_by_hand(self, shop: Shop) -> None:
        """What waits for its night, or is paid, is not."""
        learner = await shop.paid()

        with pytest.raises(NoInstallmentToPay):
            await open_payment_form(shop.world.runtime, learner.contract)


class TestTwoPaymentsForOneInstalment:
    async def test_leave_one(self, shop: Shop) -> None:
        """Somebody pays two forms at once: the second payment is given back by itself."""
        learner = await shop.refused()
        runtime = shop.world.runtime
        forms = [await open_payment_form(runtime, learner.contract) for _ in range(2)]
        for opened in forms:
            assert opened is not None
            await shop.lyra.operate("pay", form_token=opened.form.token)

        async def is_given_back() -> bool:
            return 1 == len(await shop.payments(learner, "payment_refunded"))

        await until(is_given_back)
        await shop.world.until_at_rest()
        assert ["paid", "pending"] == await shop.states(learner)
        assert "refund 45.00" in await shop.transactions(learner)
        # As much is owed as before: what went back has a receipt.
        papers = ["main 150.00", "payment 45.00", "payment 45.00", "payment -45.00"]
        assert papers == await shop.invoices(learner)


class TestMoneyThatIsGivenBack:
    @pytest.mark.parametrize("is_captured", [True, False])
    async def test_is_a_refund_or_a_cancelled_payment(
        self, shop: Shop, *, is_captured: bool
    ) -> None:
        """The instalment is refunded, the others are canceled; of both there is a credit note."""
        await shop.lyra.act(is_captured=is_captured)
        learner = await shop.paid()

        await give_back(shop, learner)
        await shop.until_states(learner, "refunded", "canceled")

        credited = ["credit_note -105.00", "credit_note -45.00"]
        assert ["main 150.00", "payment 45.00", *credited] == await shop.invoices(learner)

    @pytest.mark.parametrize("kind", ["reset_after_effect", "http_500"])
    async def test_goes_back_once_whatever_is_lost(self, shop: Shop, kind: str) -> None:
        """The provider is asked what it did before it is asked to do it again."""
        learner = await shop.paid()
        await shop.lyra.fail(kind, operation="cancel_or_refund")

        await give_back(shop, learner)
        await shop.until_states(learner, "refunded", "canceled", deadline=60)

        assert 1 == len(await shop.payments(learner, "payment_refunded"))

    async def test_is_asked_for_as_often_as_one_likes(self, shop: Shop) -> None:
        """Each payment goes back once, and an account half done is finished."""
        learner = await shop.paid()
        await shop.nights(32)
        await shop.until_states(learner, "paid", "paid")
        await shop.lyra.fail("http_503", operation="cancel_or_refund", count=1)

        await asyncio.gather(*(give_back(shop, learner) for _ in range(3)))
        await shop.until_states(learner, "refunded", "refunded", deadline=60)

        own = await shop.payments(learner, "payment_refunded")
        assert 2 == len(own) == len(set(own))

    async def test_in_part_by_hand_is_left_to_a_person(self, shop: Shop) -> None:
        """Nobody takes a part of it for all of it: it is shown, with what went back."""
        learner = await shop.paid()
        installment = await shop.installment(learner)
        await shop.lyra.operate("give_back", installment_id=installment, cents=1000)

        await give_back(shop, learner)

        async def is_shown() -> bool:
            rows = await shop.world.fetch(
                "SELECT o.state FROM operations AS o JOIN payment_transactions AS t "
                "ON t.id = o.subject_id WHERE t.contract_id = $1",
                learner.contract,
            )
            return ["NEEDS_ATTENTION"] == [row["state"] for row in rows]

        await until(is_shown)
        assert ["paid", "canceled"] == await shop.states(learner)

    async def test_may_come_after_the_contract_is_over(self, shop: Shop) -> None:
        """A debit under way pays what was canceled: it is told, and can be given back."""
        await shop.lyra.act(debits="hold")
        learner = await shop.payable("150.00")
        await shop.schedule(learner)

        async def is_held() -> bool:
            return bool(await shop.payments(learner, "payment_held"))

        await until(is_held)
        async with shop.world.database.unit_of_work(actor="test") as work:
            await cancel_remaining(work, learner.contract)
        await shop.lyra.operate("settle", installment_id=await shop.installment(learner))
        await shop.until_states(learner, "paid", "canceled")

        await give_back(shop, learner)
        await shop.until_states(learner, "refunded", "canceled")

        # It was credited when nobody wanted it any more, and not once more.
        papers = ["main 150.00", "credit_note -150.00", "payment 45.00", "payment -45.00"]
        assert papers == await shop.invoices(learner)


class TestWhatIsNeverPaid:
    async def test_is_credited_when_nobody_wants_it_any_more(self, shop: Shop) -> None:
        """All of it where there are no instalments yet; once, however often that is said."""
        learner = await shop.learner("150.00")

        for _ in range(2):
            async with shop.world.database.unit_of_work(actor="test") as work:
                await cancel_remaining(work, learner.contract)

        assert ["main 150.00", "credit_note -150.00"] == await shop.invoices(learner)

    async def test_was_not_of_an_order_that_costs_nothing(self, shop: Shop) -> None:
        """It has no invoice."""
        learner = await shop.learner("0.00")

        async with shop.world.database.unit_of_work(actor="test") as work:
            await cancel_remaining(work, learner.contract)

        assert [] == await shop.invoices(learner)


class TestAFormWhoseMessageIsLost:
    @pytest.mark.parametrize("state", ["refused", "canceled"])
    async def test_is_asked_about_when_its_time_is_over(self, shop: Shop, state: str) -> None:
        """Also when nothing is debited any more, by itself or at all."""
        learner = await shop.refused()
        opened = await open_payment_form(shop.world.runtime, learner.contract)
        if state == "canceled":
            async with shop.world.database.unit_of_work(actor="test") as work:
                await cancel_remaining(work, learner.contract)
        await shop.pay_unheard(learner, opened)
        assert state == (await shop.states(learner))[0]

        await shop.world.advance(timedelta(minutes=31))
        await look_at_forms(shop.world.runtime)

        await shop.until_states(learner, "paid", "pending" if state == "refused" else "canceled")

    async def test_that_was_not_the_only_one_is_given_back(self, shop: Shop) -> None:
        """Somebody pays in two forms, and only one of them is told of."""
        learner = await shop.refused()
        first, second = [
            await open_payment_form(shop.world.runtime, learner.contract) for _ in range(2)
        ]
        assert first is not None
        await shop.lyra.operate("pay", form_token=first.form.token)
        await shop.until_states(learner, "paid", "pending")
        await shop.pay_unheard(learner, second)

        await shop.world.advance(timedelta(minutes=31))
        await look_at_forms(shop.world.runtime)

        async def is_given_back() -> bool:
            return 1 == len(await shop.payments(learner, "payment_refunded"))

        await until(is_given_back)
        await shop.world.until_at_rest()
        assert ["paid", "pending"] == await shop.states(learner)

    async def test_draws_no_number_while_it_waits_for_another_form(self, shop: Shop) -> None:
        """Whoever has an instalment in hand may write its invoice: nobody waits for each other."""
        unpaid, paid = [await shop.refused() for _ in range(2)]
        [waits, goes] = [UUID(await shop.installment(one)) for one in (unpaid, paid)]
        await shop.pay_unheard(paid, await open_payment_form(shop.world.runtime, paid.contract))
        async with shop.world.database.unit_of_work(actor="test") as work:
            charge = (await load_debits(work, [goes]))[goes].charge
        lyra = shop.world.runtime.gateway(PaymentBackend, shop.lyra.key)
        told = await lyra.find_payments(charge, Attempt(goes, f"form:{goes}"))
        assert isinstance(told, Done)
        said = {goes: (shop.lyra.key, told.value), waits: (shop.lyra.key, [])}

        async def end() -> None:
            async with shop.world.database.unit_of_work(actor="test") as work:
                await end_forms(work, said)

        async def is_waiting() -> bool:
            return bool(
                await shop.world.fetch(
                    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                    "AND datname = current_database() AND query LIKE '%FROM contracts%'"
                )
            )

        async with shop.world.database.unit_of_work(actor="test") as work:
            await lock_installments(work, [waits])
            ending = asyncio.create_task(end())
            await until(is_waiting)
            await work.fetch("SELECT FROM invoice_counters FOR UPDATE NOWAIT")
        await ending

        await shop.until_states(paid, "paid", "pending")
