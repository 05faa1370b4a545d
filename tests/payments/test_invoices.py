"""Numbers of invoices: by organisation and year, without a gap."""

import asyncio
from decimal import Decimal

import pytest

from tests.payments.shop import Learner, Shop
from tramita.payments.invoices import InvoiceKind, NewInvoice, reference_of, write_invoices

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
            "FROM invoices"
        )
        assert (rows[0]["n"],) * 2 == (rows[0]["different"], rows[0]["last"])
        assert 7 == sum(isinstance(one, _Broken) for one in ends)
        assert 27 == rows[0]["n"]

    async def test_are_written_with_organisation_and_year(self) -> None:
        """As they stand on the invoice."""
        assert "UNIV-2026-000012" == reference_of("univ", 2026, 12)
