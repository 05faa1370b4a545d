"""Invoices and credit notes: each with the next number of its organisation and year.

Numbers have no gap: one is drawn in the unit of work that writes the invoice, from a row that
stays locked until that ends, and goes back with it. The main invoice says what is owed; each
payment has a receipt below it, and what is owed no more a credit note (``crediting``).

What an invoice says never changes once it is written: its ``reference``, its seller as of that
day, and what its account was opened for. Its day, and so the year of its number, is that of the
zone which its account was opened with. None is dated before the one whose number comes before its
own: whoever began earlier may have waited, and draws the later number.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import asyncpg
from msgspec import Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.payments.sellers import Sale


class InvoiceKind(StrEnum):
    """What an invoice is."""

    MAIN = "main"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """One to be written: of a contract's account, and about a transaction if one is its cause."""

    contract_id: UUID
    kind: InvoiceKind
    total: Decimal
    transaction_id: UUID | None = None


class InvoiceView(Struct):
    """An invoice of a contract; of what is below the main one, ``parent_reference`` is its."""

    reference: str
    kind: InvoiceKind
    total: float
    currency: str
    issued_on: datetime
    parent_reference: str | None


async def list_invoices(work: UnitOfWork, contract_id: UUID) -> list[InvoiceView]:
    """The invoices of a contract in the order in which they were written, the main one first."""
    return await work.read(
        InvoiceView,
        """
        SELECT i.reference, i.kind, i.total::float AS total, i.currency, i.issued_at AS issued_on,
               p.reference AS parent_reference
        FROM invoices AS i LEFT JOIN invoices AS p ON p.id = i.parent_id
        WHERE i.contract_id = $1 ORDER BY i.parent_id NULLS FIRST, i.id
        """,
        contract_id,
    )


async def write_invoices(work: UnitOfWork, new: Sequence[NewInvoice]) -> None:
    """Write invoices, with numbers in the order given; a main one is there before its children."""
    if not new:
        return
    accounts = await work.fetch(
        """
        SELECT a.contract_id, c.tenant, a.organization, a.currency, m.id AS main_id,
               extract(year FROM (SELECT tramita_now())
                       AT TIME ZONE coalesce(a.sale ->> 'time_zone', $2))::int AS year,
               (SELECT s.id FROM sellers AS s WHERE s.tenant = c.tenant
                AND s.organization = a.organization ORDER BY s.id DESC LIMIT 1) AS seller_id
        FROM payment_accounts AS a JOIN contracts AS c ON c.id = a.contract_id
        LEFT JOIN invoices AS m ON m.contract_id = a.contract_id AND m.kind = 'main'
        WHERE a.contract_id = ANY($1::uuid[])
        """,
        [one.contract_id for one in new],
        Sale().time_zone,
    )
    of = {row["contract_id"]: row for row in accounts}
    series: defaultdict[tuple[str, str, int], list[NewInvoice]] = defaultdict(list)
    for one in new:
        account = of[one.contract_id]
        series[account["tenant"], account["organization"], account["year"]].append(one)
    # Counters are locked in one order by everybody.
    for (tenant, organization, year), invoices in sorted(series.items(), key=lambda one: one[0]):
        prefix, last = await _draw(work, tenant, organization, year, count=len(invoices))
        numbers = range(last - len(invoices) + 1, last + 1)
        await _write(work, invoices, prefix, numbers, of)


async def _draw(
    work: UnitOfWork, tenant: str, organization: str, year: int, *, count: int
) -> tuple[str, int]:
    """What a year's references begin with, and the last number that was drawn."""
    [row] = await work.fetch(
        """
        INSERT INTO invoice_counters AS c (tenant, organization, year, last, prefix)
        VALUES ($1, $2, $3, $4, $2)
        ON CONFLICT (tenant, organization, year) DO UPDATE SET last = c.last + $4
        RETURNING prefix, last
        """,
        tenant,
        organization,
        year,
        count,
    )
    return row["prefix"], row["last"]


async def _write(
    work: UnitOfWork,
    invoices: Sequence[NewInvoice],
    prefix: str,
    numbers: Sequence[int],
    of: dict[UUID, asyncpg.Record],
) -> None:
    accounts = [of[one.contract_id] for one in invoices]
    await work.fetch(
        """
        INSERT INTO invoices (id, contract_id, tenant, organization, year, number, reference, kind,
                              parent_id, transaction_id, seller_id, total, currency, issued_at)
        SELECT n.*, greatest((SELECT tramita_now()), (
            SELECT issued_at FROM invoices WHERE tenant = $14 AND organization = $15 AND year = $16
            AND number = $17))
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[],
                    $8::text[], $9::uuid[], $10::uuid[], $11::uuid[], $12::numeric[], $13::text[]) AS n
        """,
        [new_id() for _ in invoices],
        [one.contract_id for one in invoices],
        [one["tenant"] for one in accounts],
        [one["organization"] for one in accounts],
        [one["year"] for one in accounts],
        list(numbers),
        [
            reference_of(prefix, one["year"], number)
            for one, number in zip(accounts, numbers, strict=True)
        ],
        [one.kind.value for one in invoices],
        [
            None if one.kind is InvoiceKind.MAIN else account["main_id"]
            for one, account in zip(invoices, accounts, strict=True)
        ],
        [one.transaction_id for one in invoices],
        [one["seller_id"] for one in accounts],
        [one.total for one in invoices],
        [one["currency"] for one in accounts],
        accounts[0]["tenant"],
        accounts[0]["organization"],
        accounts[0]["year"],
        numbers[0] - 1,
    )


def reference_of(prefix: str, year: int, number: int) -> str:
    """As it stands on the invoice: ``univ-2026-000012``; the prefix is the organisation's code."""
    return f"{prefix}-{year}-{number:06}"
