"""Whoever waits for somebody else has drawn no number of an invoice: two never wait for each other.

What is told here was never paid at Lyra, so nobody looks at the promises afterwards.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tests.payments.shop import Learner, Shop
from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.inbox import Told
from tramita.kit.money import Money
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Taken
from tramita.payments.accounts import find_payer
from tramita.payments.installments import lock_installments
from tramita.payments.journey.debit_installment import Debit, load_debits, record_debits
from tramita.payments.journey.take_message import MESSAGES
from tramita.payments.ports import Notice, PaymentNews, PaymentStatus, SavedCard

pytestmark = pytest.mark.asyncio(loop_scope="module")

Act: TypeAlias = Callable[[UnitOfWork], Awaitable[object]]
EUR_45 = Money(Decimal("45.00"), "EUR")


async def waiting(shop: Shop) -> Learner:
    """Somebody whose instalments wait for their days."""
    learner = await shop.learner("150.00")
    await shop.schedule_later(learner)
    return learner


def payment_of(installment: str) -> PaymentNews:
    """The news that it is paid."""
    return PaymentNews(PaymentStatus.PAID, new_id().hex, installment, EUR_45)


async def draw_beside(shop: Shop, hold: Act, act: Act) -> None:
    """Have a number drawn by whoever holds something that ``act`` waits for; both come to their end."""
    database = shop.world.database

    async def do() -> None:
        async with database.unit_of_work(actor="test") as work:
            await act(work)

    async with database.unit_of_work(actor="test") as work:
        await hold(work)
        doing = asyncio.create_task(do())
        await until_waiting(database)
        await work.fetch("SELECT FROM invoice_counters FOR UPDATE NOWAIT")
    await doing


class TestDebitsThatEndTogether:
    async def test_are_all_held_before_one_draws_a_number(self, shared_shop: Shop) -> None:
        """A contract of one that failed may be in the hands of whoever cancels it."""
        paid, failed = [await waiting(shared_shop) for _ in range(2)]
        [goes, waits] = [UUID(await shared_shop.installment(one)) for one in (paid, failed)]
        async with shared_shop.world.database.unit_of_work(actor="test") as work:
            debits, now = await load_debits(work, [goes, waits]), await work.now()

        def task(id_: UUID) -> Task[Debit]:
            taken = Taken(new_id(), "key", shared_shop.lyra.key, id_, 1, 1, False, now)
            return Task(taken, debits[id_], Attempt(taken.id, taken.key))

        results: list[Result[Debit, PaymentNews | None]] = [
            Result(task(goes), payment_of(str(goes)), OperationTrigger.DONE),
            Result(task(waits), None, OperationTrigger.REFUSED, "invalid: not taken"),
        ]
        await draw_beside(
            shared_shop,
            lambda work: lock_installments(work, [waits]),
            lambda work: record_debits(work, results),
        )

        assert ["paid", "pending"] == await shared_shop.states(paid)
        assert ["error", "pending"] == await shared_shop.states(failed)


class TestAPaymentWithACardThatIsSaved:
    async def test_waits_for_its_payer_before_it_draws_a_number(self, shared_shop: Shop) -> None:
        """They may be in the hands of whoever takes another order of theirs, and will draw one."""
        shop, learner = shared_shop, await waiting(shared_shop)
        card = SavedCard(new_id().hex, "visa", 12, 2099, "0014", "consent")
        payment = payment_of(await shop.installment(learner))
        said = Notice(str(await shop.payer_of(learner)), card, payment)
        told = Told(new_id(), shop.lyra.key, timedelta(0), said)

        await draw_beside(
            shop,
            lambda work: find_payer(work, "house", learner.name, email=learner.email),
            lambda work: MESSAGES.apply(shop.world.runtime, work, [told]),
        )

        assert ["paid", "pending"] == await shop.states(learner)
