"""What is debited when its night comes: once, again after a no, and never twice."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tests.payments.shop import Shop
from tests.world import until
from tramita.contracts.service import cancel_contracts
from tramita.payments.accounts import CourseDates, cancel_remaining, request_schedule
from tramita.payments.journey import debit_due
from tramita.payments.journey.debit_due import begin_debits, debit_due_installments, debit_now

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestTheNight:
    async def test_debits_what_has_become_due(self, shop: Shop) -> None:
        """The second instalment a month after the first, and not a day before."""
        learner = await shop.paid()

        await shop.nights(27)
        assert ["paid", "pending"] == await shop.states(learner)
        await shop.nights(4)

        assert ["paid", "paid"] == await shop.states(learner)
        assert 2 == len(await shop.payments(learner))

    async def test_seen_by_two_at_once_debits_nobody_twice(self, shop: Shop) -> None:
        """Nor does a third look, the same night."""
        learners = [await shop.payable("150.00") for _ in range(5)]
        for learner in learners:
            await shop.schedule_later(learner)
        runtime, usual = shop.world.runtime, shop.settings
        # The worker's own look, which comes every five minutes, waits for an hour that never comes.
        runtime.configure(usual.model_copy(update={"debit_batch": 3, "debit_hour": 24}))
        await shop.world.until_at_rest()
        await begin_debits(runtime, "what others left")
        await shop.world.fetch(
            "UPDATE installments SET due_date = due_date - 100 WHERE contract_id = ANY($1::uuid[])",
            [learner.contract for learner in learners],
        )

        begun = await asyncio.gather(*(begin_debits(runtime, f"night {n}") for n in range(4)))
        again = await begin_debits(runtime, "a third look")
        runtime.configure(usual)
        for learner in learners:
            await shop.until_states(learner, "paid", "paid")

        assert (10, 0) == (sum(begun), again)
        for learner in learners:
            own = await shop.payments(learner)
            assert 2 == len(own) == len(set(own))

    async def test_and_by_a_person_at_once_begins_one_debit(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever asked for it has looked before the night began it, and locks it after."""
        learner = await shop.refused()
        await shop.bind(learner, await shop.save_card(learner))
        await shop.lyra.act(debits="hold")
        await shop.world.fetch(
            "UPDATE installments SET refused_at = refused_at - interval '20 days', "
            "debited_on = debited_on - 20 WHERE contract_id = $1 AND state = 'refused'",
            learner.contract,
        )
        gate = await shop.world.database.connect()
        await gate.execute("SELECT pg_advisory_lock(1)")
        passed = "WHERE pg_advisory_xact_lock_shared(1)::text IS NOT NULL AND"
        monkeypatch.setattr(debit_due, "_ASKED_FOR", debit_due._ASKED_FOR.replace("WHERE", passed))

        async def ask() -> int:
            async with shop.world.database.unit_of_work(actor="test") as work:
                return await debit_now(work, learner.contract, shop.settings)

        asking = asyncio.create_task(ask())
        await until_waiting(shop.world.database)
        begun = await begin_debits(shop.world.runtime, "night")
        await gate.close()

        assert (1, 0) == (begun, await asking)
        [row] = await shop.world.fetch(
            "SELECT debits FROM installments WHERE id = $1", UUID(await shop.installment(learner))
        )
        assert 2 == row["debits"]  # The first was refused.
        await shop.lyra.operate("settle", installment_id=await shop.installment(learner))
        await shop.until_states(learner, "paid", "pending")

    async def test_begins_at_its_hour(self, shop: Shop) -> None:
        """Before it nothing is debited, whoever looks."""
        [row] = await shop.world.fetch(
            "SELECT extract(hour FROM tramita_now() AT TIME ZONE 'Europe/Paris')::int AS hour"
        )
        await shop.world.advance(timedelta(hours=25 - row["hour"]))  # It is one o'clock.
        usual = shop.settings
        shop.world.runtime.configure(usual.model_copy(update={"debit_hour": 23}))
        learner = await shop.payable("150.00")
        await shop.schedule_later(learner)
        await shop.world.fetch(
            "UPDATE installments SET due_date = due_date - 100 WHERE contract_id = $1",
            learner.contract,
        )

        await debit_due_installments(shop.world.runtime)
        states = await shop.states(learner)
        shop.world.runtime.configure(usual)

        assert ["pending", "pending"] == states


class TestARefusedInstalment:
    async def test_is_debited_again_on_the_days_for_that(self, shop: Shop) -> None:
        """3, 7 and 14 days after the first no, and then no more."""
        learner = await shop.refused()
        tries = [len(await shop.payments(learner, "payment_refused"))]

        for _ in range(16):
            await shop.nights(1)
            tries.append(len(await shop.payments(learner, "payment_refused")))

        days = [day for day in range(1, 17) if tries[day] > tries[day - 1]]
        assert [3, 7, 14] == days
        assert ["refused", "pending"] == await shop.states(learner)

    async def test_is_paid_when_there_is_money(self, shop: Shop) -> None:
        """By the new card of its owner, on the next of these days."""
        learner = await shop.refused()
        await shop.bind(learner, await shop.save_card(learner))

        await shop.nights(3)

        assert ["paid", "pending"] == await shop.states(learner)
        assert 1 == len(await shop.payments(learner))


class TestAnInstalmentThatTheProviderDoesNotTake:
    async def test_is_tried_again_the_next_night(self, shop: Shop) -> None:
        """Nobody's bank has said no: it is an error, and no refusal."""
        learner = await shop.payable("150.00")
        await shop.lyra.fail(
            "not_accepted", operation="create_payment", match={"form_action": "SILENT"}
        )
        await shop.schedule(learner)
        await shop.until_states(learner, "error", "pending")

        await shop.nights(1)

        assert ["paid", "pending"] == await shop.states(learner)

    async def test_for_want_of_a_card_is_its_owners_to_pay(self, shop: Shop) -> None:
        """No card is defined: refused, and the provider was asked for no money."""
        learner = await shop.learner("150.00")

        await shop.schedule(learner)
        await shop.until_states(learner, "refused", "pending")

        assert [] == await shop.payments(learner, "payment_refused")


class TestWhileTheProviderIsAway:
    async def test_debits_wait(self, shop: Shop) -> None:
        """Nothing is lost, and nothing is told to be refused."""
        learner = await shop.payable("150.00")
        await shop.lyra.fail("429", operation=None, count=2, arguments={"retry_after": 1.0})

        await shop.schedule(learner)

        async def is_paid() -> bool:
            await shop.world.hasten()
            return ["paid", "pending"] == await shop.states(learner)

        await until(is_paid)
        assert [await shop.installment(learner)] == await shop.payments(learner)


class TestAContractThatIsOver:
    async def test_gets_no_instalments(self, shop: Shop) -> None:
        """It was cancelled before its schedule was written: nothing is debited, nobody told of it."""
        learner = await shop.payable("150.00")
        today = await shop.today()
        async with shop.world.database.unit_of_work(actor="test") as work:
            await cancel_remaining(work, learner.contract)
            await cancel_contracts(work, [learner.contract], "its order was canceled")
            request_schedule(
                work, learner.contract, CourseDates(today, today + timedelta(days=300))
            )

        async def is_written() -> bool:
            return not await shop.world.fetch(
                "SELECT FROM pgqueuer WHERE entrypoint = 'payments.make_schedule'"
            )

        await until(is_written)
        await shop.look()
        assert [] == await shop.states(learner)
        assert learner.contract not in shop.keeper.told
