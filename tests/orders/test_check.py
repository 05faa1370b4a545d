"""``tramita check orders``: whatever breaks a promise is found."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from tests.orders.campus import Campus
from tramita.kit.findings import Verdict
from tramita.kit.mail.writing import NewMail, write_mails
from tramita.orders.check import check_orders, count_orders
from tramita.orders.mails.kinds import ORDER_REFUNDED

pytestmark = pytest.mark.asyncio(loop_scope="module")

_INSTALLMENT = """
    INSERT INTO installments (id, contract_id, position, due_date, amount, currency, state, debits)
    VALUES (gen_random_uuid(), $1, 1, '2030-01-01', 100, 'EUR', 'paid', 1)
"""
_PAYMENT = """
    INSERT INTO payment_transactions (id, contract_id, installment_id, provider, reference, kind,
                                      amount, currency, last_numbers, created_at)
    SELECT gen_random_uuid(), contract_id, id, 'lyra', gen_random_uuid()::text, 'payment', amount,
           currency, '', now()
    FROM installments WHERE contract_id = $1
"""


_TAKEN = """
    INSERT INTO mail_attempts (delivery_id, number, started_at, status, answer)
    VALUES ($1, $2, now(), 250, 'taken')
"""

_MENDED = (
    "DELETE FROM history WHERE subject_id = ANY($1::uuid[]) AND actor = 'test'",
    "UPDATE orders SET contract_definition_version = 1, contract_definition_id = "
    "(SELECT definition_id FROM contract_definition_versions WHERE version = 1 LIMIT 1) "
    "WHERE id = ANY($1::uuid[]) AND state = 'to_sign'",
    "DELETE FROM payment_transactions WHERE $1::uuid[] IS NOT NULL",
    "DELETE FROM installments WHERE $1::uuid[] IS NOT NULL",
    "UPDATE orders SET total = 0 WHERE id = ANY($1::uuid[])",
    "UPDATE contracts SET state = 'activated' WHERE id = ANY($1::uuid[]) AND activated",
    "UPDATE enrollments SET state = 'open' WHERE order_id = ANY($1::uuid[])",
    "UPDATE orders SET state = 'completed' "
    "WHERE id = ANY($1::uuid[]) AND contract_definition_id IS NULL",
)


async def verdicts(campus: Campus) -> dict[str, Verdict]:
    findings = await check_orders(campus.site.runtime)
    return {one.invariant: one.verdict for one in findings}


@pytest_asyncio.fixture(loop_scope="module")
async def made(campus: Campus) -> AsyncIterator[dict[str, UUID]]:
    """A completed order and one that waits to be signed; nothing is broken before."""
    ids = {}
    for name, is_signed in {"completed": False, "to_sign": True}.items():
        offer = await campus.offer(price="0.00", is_signed=is_signed)
        ids[name] = UUID((await campus.learner().order(offer))["id"])
    assert set((await verdicts(campus)).values()) <= {Verdict.KEPT}
    yield ids
    for query in _MENDED:
        await campus.site.runtime.database.fetch(query, [*ids.values()])


class TestTheCheck:
    @pytest.mark.parametrize(
        ("of", "query", "broken"),
        [
            ("completed", "UPDATE orders SET total = 5 WHERE id = $1", {"O2"}),
            ("completed", "UPDATE enrollments SET state = 'closed' WHERE order_id = $1", {"O8"}),
            ("completed", "UPDATE contracts SET state = 'cancelled' WHERE id = $1", {"O9"}),
            (
                "to_sign",
                "UPDATE orders SET contract_definition_id = NULL, "
                "contract_definition_version = NULL WHERE id = $1",
                {"O6"},
            ),
            (
                "to_sign",
                "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at) "
                "VALUES ('orders', $1, 'refunding', 'refunded', 'end_refund', 'test', tramita_now())",
                {"O5"},
            ),
        ],
    )
    async def test_finds_what_is_broken(
        self, campus: Campus, made: dict[str, UUID], of: str, query: str, broken: set[str]
    ) -> None:
        """And nothing else."""
        await campus.site.runtime.database.fetch(query, made[of])

        found = await verdicts(campus)

        assert broken == {name for name, one in found.items() if one is Verdict.BROKEN}

    async def test_finds_an_e_mail_that_was_taken_twice(
        self, campus: Campus, made: dict[str, UUID]
    ) -> None:
        """Unless a person had it sent again."""
        database = campus.site.runtime.database
        facts = ORDER_REFUNDED.examples["usual"]
        mail = NewMail(ORDER_REFUNDED, "twice", made["to_sign"], "ana@campus.example", "en", facts)
        async with database.unit_of_work(actor="test") as work:
            await write_mails(work, [mail])
        [row] = await database.fetch("SELECT id FROM mails WHERE cause = 'order_refunded:twice'")
        for number in (1, 2):
            await database.fetch(_TAKEN, row["id"], number)
        found = await verdicts(campus)
        await database.fetch("DELETE FROM mails WHERE id = $1", row["id"])

        assert Verdict.BROKEN is found["O5"]

    async def test_finds_what_was_paid_twice(self, campus: Campus, made: dict[str, UUID]) -> None:
        """Two payments of one instalment."""
        priced = UUID((await campus.learner().order(await campus.offer()))["id"])
        for query in (_INSTALLMENT, _PAYMENT, _PAYMENT):
            await campus.site.runtime.database.fetch(query, priced)

        found = await verdicts(campus)

        assert Verdict.BROKEN is found["O1"]
        assert made

    async def test_counts_orders_by_state(self, campus: Campus, made: dict[str, UUID]) -> None:
        """How many stand where."""
        counted = await count_orders(campus.site.runtime)

        assert counted["completed"] >= 1
        assert made
