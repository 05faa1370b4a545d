"""Invoices, receipts and credit notes as people get them: a PDF, made once and kept.

What it says is what the invoice was written with, so it is the same whenever somebody wants it
first; from then on it is a file, which nothing changes.
"""

from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.files import FileNotKept
from tramita.kit.languages.choosing import choose_language
from tramita.kit.languages.words import Words, words_in
from tramita.kit.pdf.rendering import TemplateSource, render_pdf
from tramita.kit.runtime import Runtime
from tramita.payments.accounts import ADDRESS
from tramita.payments.errors import InvoiceNotFound
from tramita.payments.layout import Invoice, lay_out

_INVOICE: Final = """
    SELECT i.id, i.kind, i.reference, i.total, i.currency, i.issued_at, i.contract_id, i.file,
           coalesce((SELECT sum(b.total) FROM invoices AS b
                     WHERE b.contract_id = i.contract_id AND b.kind = 'credit_note'
                       AND (b.year, b.number) < (i.year, i.number)), 0) AS credited,
           p.reference AS parent_reference, p.issued_at AS parent_issued_at,
           t.created_at AS paid_at, coalesce(t.last_numbers, '') AS last_numbers,
           coalesce(s.data, jsonb_build_object('name', i.organization)) AS seller, a.sale, a.address,
           c.name AS contract_name
    FROM invoices AS i JOIN payment_accounts AS a USING (contract_id)
    JOIN contracts AS c ON c.id = i.contract_id
    LEFT JOIN sellers AS s ON s.id = i.seller_id
    LEFT JOIN invoices AS p ON p.id = i.parent_id
    LEFT JOIN payment_transactions AS t ON t.id = i.transaction_id
    WHERE i.contract_id = $1 AND i.reference = $2
"""


async def invoice_pdf(runtime: Runtime, contract_id: UUID, reference: str) -> bytes:
    """An invoice of a contract; raises ``InvoiceNotFound``. Whose it is is seen to before."""
    async with runtime.database.unit_of_work() as work:
        invoice = await find_invoice(work, contract_id, reference)
    if invoice.file is not None:
        with suppress(FileNotKept):  # What is lost is made again: it says the same.
            return await runtime.files.get(invoice.file)
    made = await typeset(invoice, words_of(invoice))
    await keep_pdf(runtime, invoice, made)
    return made


async def keep_pdf(runtime: Runtime, invoice: Invoice, made: bytes) -> None:
    """Have an invoice name its file, if it says still what that says.

    Whom it is for may be erased while it is made: then no row names the file, and it goes.
    """
    kept = await runtime.files.put(made)
    async with runtime.database.unit_of_work() as work:
        if invoice == await find_invoice(work, invoice.contract_id, invoice.reference, lock=True):
            await work.fetch("UPDATE invoices SET file = $2 WHERE id = $1", invoice.id, kept.digest)


async def find_invoice(
    work: UnitOfWork, contract_id: UUID, reference: str, *, lock: bool = False
) -> Invoice:
    """What an invoice says; raises ``InvoiceNotFound``. ``lock``: so it stays, and so does whom it is for."""
    rows = await work.fetch(
        f"{_INVOICE} {'FOR NO KEY UPDATE OF a, i' if lock else ''}", contract_id, reference
    )
    if not rows:
        raise InvoiceNotFound(reference=reference)
    said = dict(rows[0])
    said["address"] = work.keys.decrypt_decoded(said["address"], ADDRESS)
    return msgspec.convert(said, Invoice)


def words_of(invoice: Invoice) -> Words:
    """The language of whom it is for, and the zone in which it has its day."""
    return words_in(choose_language(invoice.sale.language), invoice.sale.time_zone)


async def typeset(invoice: Invoice, words: Words) -> bytes:
    """The PDF of an invoice in one language."""
    layout = msgspec.json.encode(lay_out(invoice, words))
    return await render_pdf(TemplateSource(_template(), msgspec.Raw(layout)))


@cache
def _template() -> str:
    return (files("tramita.payments") / "invoice.typ").read_text(encoding="utf-8")
