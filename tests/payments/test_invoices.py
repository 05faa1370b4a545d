"""Numbers of invoices: by organisation and year, without a gap."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg
import pytest

from tests.payments.shop import KEY, Learner, Shop
from tramita.contracts.service import NewContract, create_contract
from tramita.kit.money import Money
from tramita.payments.accounts import NewAccount, open_account
from tramita.payments.documents import find_invoice, words_of
from tramita.payments.invoices import (
    InvoiceKind,
    NewInvoice,
    list_invoices,
    write_invoices,
)
from tramita.payments.layout import Invoice, lay_out
from tramita.payments.sellers import Sale

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


async def bill(shop: Shop, code: str, sale: Sale = Sale()) -> Invoice:  # noqa: B008 - frozen
    """The main invoice of something that an organisation has sold."""
    async with shop.world.database.unit_of_work(actor="test") as work:
        contract = await create_contract(work, NewContract(code, KEY))
        new = NewAccount("ana", "ana@example.org", code, EUR_100, "lyra", sale=sale)
        await open_account(work, contract.id, new)
        [main] = await list_invoices(work, contract.id)
        return await find_invoice(work, contract.id, main.reference)


class TestTheDay:
    async def test_of_an_invoice_is_in_the_year_of_its_number(self, shop: Shop) -> None:
        """Half an hour before midnight of UTC it is another year in Paris already, and not in Lima."""
        async with shop.world.database.unit_of_work(actor="test") as work:
            now = await work.now()
        eve = datetime(now.year, 12, 31, 23, 30, tzinfo=UTC)
        await shop.world.advance(eve - now)

        zones = ("Europe/Paris", "America/Lima")
        invoices = [await bill(shop, zone, Sale(time_zone=zone)) for zone in zones]

        days = [dict(lay_out(one, words_of(one)).facts)["Date"] for one in invoices]
        assert [f"January 1, {now.year + 1}", f"December 31, {now.year}"] == days
        assert [f"{zones[0]}-{now.year + 1}-000001", f"{zones[1]}-{now.year}-000001"] == [
            one.reference for one in invoices
        ]

    async def test_is_none_before_that_of_the_number_before(self, shop: Shop) -> None:
        """Whoever began first and had to wait bears the later number."""
        main = await bill(shop, "patient")
        async with shop.world.database.unit_of_work(actor="test") as early:
            await early.now()
            await bill(shop, "patient")
            new = NewInvoice(main.contract_id, InvoiceKind.PAYMENT, Decimal("45.00"))
            await write_invoices(early, [new, new])

        rows = await shop.world.fetch(
            "SELECT issued_at FROM invoices WHERE organization = 'patient' ORDER BY number"
        )
        moments = [row["issued_at"] for row in rows]
        assert (4, sorted(moments)) == (len(moments), moments)


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

        references = [(await bill(shop, code)).reference for code in codes]

        assert [f"{code}-{references[0][-11:-7]}-000001" for code in codes] == references

    async def test_are_of_one_invoice_each(self, shop: Shop) -> None:
        """Whatever a reference begins with, the database keeps no second one of a tenant."""
        one, other = [await bill(shop, code) for code in ("this", "that")]

        with pytest.raises(asyncpg.UniqueViolationError):
            await shop.world.fetch(
                "UPDATE invoices SET reference = $1 WHERE reference = $2",
                one.reference,
                other.reference,
            )
