"""Invoices as files: made once, of what was so on their day."""

from pathlib import Path

import pytest

from tests.payments.shop import Learner, Shop
from tramita.payments.documents import find_invoice, invoice_pdf, keep_pdf
from tramita.payments.errors import InvoiceNotFound
from tramita.payments.invoices import InvoiceKind, InvoiceView, list_invoices
from tramita.payments.sellers import Seller, know_seller

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def invoices_of(shop: Shop, learner: Learner) -> list[InvoiceView]:
    async with shop.world.database.unit_of_work(actor="test") as work:
        return await list_invoices(work, learner.contract)


async def seller_of(shop: Shop, learner: Learner, reference: str) -> str:
    async with shop.world.database.unit_of_work(actor="test") as work:
        return (await find_invoice(work, learner.contract, reference)).seller.name


async def name_seller(shop: Shop, name: str) -> None:
    async with shop.world.database.unit_of_work(actor="test") as work:
        await know_seller(work, "house", "univ", Seller(name))


class TestAnInvoice:
    async def test_is_made_once(self, shop: Shop) -> None:
        """Whoever wants it again gets the same file."""
        learner = await shop.learner()
        [main] = await invoices_of(shop, learner)

        made = await invoice_pdf(shop.world.runtime, learner.contract, main.reference)
        folder = shop.world.runtime.settings.data_dir / "files"
        before = {path: path.stat().st_mtime_ns for path in files_in(folder)}
        again = await invoice_pdf(shop.world.runtime, learner.contract, main.reference)
        after = {path: path.stat().st_mtime_ns for path in files_in(folder)}

        assert made.startswith(b"%PDF-")
        assert made == again
        # What nobody names, as another test has left it, may go meanwhile.
        assert after.items() <= before.items()

    async def test_that_is_lost_is_made_again(self, shop: Shop) -> None:
        """Its file has gone from where files are kept; it says the same."""
        learner, runtime = await shop.learner(), shop.world.runtime
        [main] = await invoices_of(shop, learner)
        made = await invoice_pdf(runtime, learner.contract, main.reference)
        [row] = await shop.world.fetch(
            "SELECT file FROM invoices WHERE contract_id = $1", learner.contract
        )
        await runtime.files.delete(row["file"])

        again = [await invoice_pdf(runtime, learner.contract, main.reference) for _ in range(2)]

        assert [made, made] == again

    async def test_of_somebody_who_is_erased_meanwhile_is_not_kept(self, shop: Shop) -> None:
        """It was made of what is forgotten by now."""
        learner = await shop.learner()
        change = "UPDATE payment_accounts SET address = $2::jsonb WHERE contract_id = $1"
        [main] = await invoices_of(shop, learner)
        await shop.world.fetch(change, learner.contract, '{"city": "Paris"}')
        async with shop.world.database.unit_of_work(actor="test") as work:
            invoice = await find_invoice(work, learner.contract, main.reference)
        await shop.world.fetch(change, learner.contract, "{}")

        await keep_pdf(shop.world.runtime, invoice, b"%PDF- of somebody in Paris")

        named = "SELECT file FROM invoices WHERE contract_id = $1"
        assert [(None,)] == [tuple(one) for one in await shop.world.fetch(named, learner.contract)]

    async def test_names_its_seller_as_it_was_then(self, shop: Shop) -> None:
        """Another name stands on those to come."""
        await name_seller(shop, "University")
        learner = await shop.payable("150.00")
        await name_seller(shop, "University of the North")
        await shop.schedule(learner)
        await shop.until_states(learner, "paid", "pending")

        main, receipt = await invoices_of(shop, learner)

        assert [InvoiceKind.MAIN, InvoiceKind.PAYMENT] == [main.kind, receipt.kind]
        assert main.reference == receipt.parent_reference
        assert "University" == await seller_of(shop, learner, main.reference)
        assert "University of the North" == await seller_of(shop, learner, receipt.reference)

    async def test_is_one_of_its_contract(self, shop: Shop) -> None:
        """By the reference of another one's there is none."""
        learner, other = await shop.learner(), await shop.learner()
        [main] = await invoices_of(shop, other)

        with pytest.raises(InvoiceNotFound):
            await invoice_pdf(shop.world.runtime, learner.contract, main.reference)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
