"""Which e-mails follow from what has moved, also where an order stands in an unusual place."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from tests.orders.campus import Campus
from tramita.kit.clock import advance_clock
from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.words import words_in
from tramita.orders.mails.kinds import INSTALLMENT_REFUSED, ORDER_REFUNDED
from tramita.orders.mails.writing import mail_what_moved

pytestmark = pytest.mark.asyncio(loop_scope="module")

_INSTALLMENT = """
    INSERT INTO installments (id, contract_id, position, due_date, amount, currency, state)
    VALUES (gen_random_uuid(), $1, 1, '2030-01-01', 100, 'EUR', $2) RETURNING id
"""
_MOVED = """
    INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at)
    VALUES ($1, $2, $3, $4, 'test', 'test', tramita_now())
"""


async def mails(work: UnitOfWork, order: UUID) -> list[str]:
    rows = await work.fetch(
        "SELECT template FROM mails WHERE subject_id = $1 ORDER BY template", order
    )
    return [row["template"] for row in rows]


class TestWhatMoved:
    async def test_is_told_while_a_card_is_missing_again(self, campus: Campus) -> None:
        """A debit that was under way when the card went is news like any other; so is the schedule."""
        order = UUID((await campus.learner().order(await campus.offer(is_signed=False)))["id"])
        async with campus.site.runtime.database.unit_of_work(actor="test") as work:
            [one] = await work.fetch(_INSTALLMENT, order, "paid")
            await work.fetch(_MOVED, "orders", order, "to_save_payment_method", "pending")
            await work.fetch(_MOVED, "installments", one["id"], "pending", "paid")
            [row] = await work.fetch("SELECT state FROM orders WHERE id = $1", order)
            assert "to_save_payment_method" == row["state"]

            await mail_what_moved(work, [order])

            assert ["installment_paid", "order_validated"] == await mails(work, order)

    async def test_is_told_when_time_is_moved_meanwhile(self, campus: Campus) -> None:
        """What belongs together was written together, whatever the clock said while it was."""
        order = UUID((await campus.learner().order(await campus.offer(is_signed=False)))["id"])
        runtime = campus.site.runtime
        async with runtime.database.unit_of_work(actor="test") as work:
            [one] = await work.fetch(_INSTALLMENT, order, "paid")
            await work.fetch(_MOVED, "installments", one["id"], "pending", "paid")
            async with runtime.database.unit_of_work(actor="somebody else") as other:
                await advance_clock(other, runtime.settings, timedelta(hours=1))

            await mail_what_moved(work, [order])

            assert ["installment_paid"] == await mails(work, order)

    @pytest.mark.parametrize("source", ["canceled", "pending"])
    async def test_is_not_told_of_an_order_that_is_over(self, campus: Campus, source: str) -> None:
        """What is paid too late goes back, and the refund is told."""
        order = UUID((await campus.learner().order(await campus.offer(is_signed=False)))["id"])
        async with campus.site.runtime.database.unit_of_work(actor="test") as work:
            await work.fetch("UPDATE orders SET state = 'canceled' WHERE id = $1", order)
            [one] = await work.fetch(_INSTALLMENT, order, "paid")
            await work.fetch(_MOVED, "installments", one["id"], source, "paid")

            await mail_what_moved(work, [order])

            assert [] == await mails(work, order)


class TestARefund:
    @pytest.mark.parametrize(
        ("state", "is_late", "told"),
        [
            ("refunded", True, ["order_refunded"]),
            ("refunded", False, []),
            ("canceled", True, ["order_refunded"]),
        ],
    )
    async def test_of_what_was_paid_later_still_is_told_too(
        self, campus: Campus, state: str, is_late: bool, told: list[str]
    ) -> None:
        """With its own amount; what went back before the order moved is told with the order."""
        order = UUID((await campus.learner().order(await campus.offer(is_signed=False)))["id"])
        moves = [("orders", "refunding"), ("installments", "paid")]
        async with campus.site.runtime.database.unit_of_work(actor="test") as work:
            await work.fetch("UPDATE orders SET state = $2 WHERE id = $1", order, state)
            [one] = await work.fetch(_INSTALLMENT, order, "refunded")
            for subject, before in moves if is_late else reversed(moves):
                id_ = order if subject == "orders" else one["id"]
                after = state if subject == "orders" else "refunded"
                await work.fetch(_MOVED, subject, id_, before, after)

            await mail_what_moved(work, [order])

            assert told == await mails(work, order)

    async def test_names_what_went_back(self) -> None:
        """All of it, or the one payment that it is about."""
        usual = ORDER_REFUNDED.examples["usual"]
        late = replace(
            usual,
            installments=[replace(usual.installments[0], is_this=True), *usual.installments[1:]],
        )

        assert ("650.00 EUR", "300.00 EUR") == (str(usual.amount), str(late.amount))


class TestARefusal:
    async def test_counts_days_where_payments_do(self, campus: Campus) -> None:
        """Half an hour before midnight in UTC it is the next day in Paris already."""
        late = datetime(2027, 2, 17, 23, 30, tzinfo=UTC)
        facts = replace(INSTALLMENT_REFUSED.examples["usual"], refused_at=late, written_at=late)

        said = INSTALLMENT_REFUSED.render(campus.site.runtime, words_in("en"), facts)

        assert "tried again on February 21, 2027" in said.text
