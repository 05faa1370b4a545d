"""Numbers of invoices: by organisation and year, without a gap."""

import asyncio
from decimal import Decimal

import pytest

from tests.payments.shop import KEY, Learner, Shop
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.money import Money
from tramita.payments.accounts import NewAccount, open_account
from tramita.payments.invoices import (
    InvoiceKind,
    NewInvoice,
    list_invoices,
    write_invoices,
)

EUR_100 = Money(Decimal("100.00"), "EUR")
pytestmark = pytest.mark.asyncio(loop_scope="module")


class _Broken(Exception):
    """Something fails after a number was drawn."""


async def draw(shop: Shop, learner: Learner, *, fails: bool) -> None:
    """Write an invoice below the main one, and perhaps fail over what comes after it."""
    async with shop.world.database.unit_of_work(actor="test") as work:
        new = NewInvoice(learner.contract, InvoiceKind.PAYMENT, Decimal("45.00"))
        await write_invoices(work, [new, new])
        if fails:
            raise _Broken


class TestNumbers:
    async def test_have_no_gap_whoever_fails(self, shop: Shop) -> None:
        """Twenty at once, of which every third is rolled back."""
        learner = await shop.learner("150.00")

        ends = await asyncio.gather(
            *(draw(shop, learner, fails=n % 3 == 0) for n in range(20)),
            return_exceptions=True,
        )

        rows = await shop.world.fetch(
            "SELECT count(*) AS n, count(DISTINCT number) AS different, max(number) AS last "
            "FROM invoices WHERE organization = 'univ'"
        )
        assert (rows[0]["n"],) * 2 == (rows[0]["different"], rows[0]["last"])
        assert 7 == sum(isinstance(one, _Broken) for one in ends)
        assert 27 == rows[0]["n"]

    async def test_are_told_apart_by_the_whole_of_the_organisations_code(self, shop: Shop) -> None:
        """Two organisations whose codes begin alike, or differ in capitals, share no reference."""
        codes = ("university-of-paris", "university-of-passau", "University-of-Paris")
        references = []
        async with shop.world.database.unit_of_work(actor="test") as work:
            for code in codes:
                contract = await create_contract(work, NewContract(code, KEY))
                new = NewAccount("ana", "ana@example.org", code, EUR_100, "lyra")
                await open_account(work, contract.id, new)
                references += [one.reference for one in await list_invoices(work, contract.id)]

        assert [f"{code}-{references[0][-11:-7]}-000001" for code in codes] == references
