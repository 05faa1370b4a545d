"""What a person reads who is handed an act that was begun for an order."""

import pytest

from tests.console.standing import add_operation
from tests.console.visitor import Visitor
from tests.orders.campus import Campus
from tests.orders.standing import order_of, paying
from tramita.payments.acts import DEBIT
from tramita.process.areas import AREAS
from tramita.signatures.acts import STOP

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPERATIONS = "/console/operations"


class TestWhatNeedsAPerson:
    async def test_says_what_is_at_stake_of_every_kind(self) -> None:
        """Of all acts outside that orders, signatures and payments begin."""
        areas = [one for one in AREAS if one.key in ("orders", "signatures", "payments")]

        for area in areas:
            assert {one.name for one in area.kinds} == set(area.stakes)
            assert all(said.endswith(".") for said in area.stakes.values())

    async def test_names_the_contract_and_whose_it_is(self, campus: Campus, ana: Visitor) -> None:
        """A contract that could still be signed: what it is, for whom, and what may be done."""
        one = await order_of(campus, title="Botany at night")
        procedure = await one.submit()
        parked = await add_operation(
            campus.site.runtime.database, kind=STOP.name, subject=procedure, reason="HTTP 400"
        )

        page = await ana.get(f"{OPERATIONS}/{parked}")

        for words in ("can still be signed", "Botany at night", "A••• L•••", "Mark as refused"):
            assert words in page.text

    async def test_names_the_money(self, campus: Campus, ana: Visitor) -> None:
        """How much, for what, due when; and no more of it once it is settled."""
        one = await paying(campus, price="1000.00")
        [first, *_] = await one.installments()
        database = campus.site.runtime.database
        await database.fetch("DELETE FROM operations WHERE subject_id = $1", first.id)
        parked = await add_operation(database, kind=DEBIT.name, subject=first.id)
        page = await ana.get(f"{OPERATIONS}/{parked}")
        await database.fetch("UPDATE operations SET state = 'SUCCEEDED' WHERE id = $1", parked)

        after = await ana.get(f"{OPERATIONS}/{parked}")

        assert "Money may have been taken" in page.text
        assert "€300.00" in page.text
        assert "Money may have been taken" not in after.text
