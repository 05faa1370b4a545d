"""Invoices and credit notes: each with the next number of its organisation and year.

Numbers have no gap: one is drawn in the unit of work that writes the invoice, from a row that
stays locked until that ends, and goes back with it. The main invoice says what is owed; each
payment has an invoice below it, each refund a credit note.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id

_LONGEST_CODE: Final = 12


class InvoiceKind(StrEnum):
    """What an invoice is."""

    MAIN = "main"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """One to be written: of a contract's account, about a transaction unless it is the main one."""

    contract_id: UUID
    kind: InvoiceKind
    total: Decimal
    transaction_id: UUID | None = None


async def write_invoices(work: UnitOfWork, new: Sequence[NewInvoice]) -> None:
    """Write invoices, with numbers in the order given; a main one is there before its children."""
    if not new:
        return
    accounts = await work.fetch(
        """
        SELECT a.contract_id, c.tenant, a.organization, a.currency, m.id AS main_id,
               extract(year FROM tramita_now())::int AS year
        FROM payment_accounts AS a JOIN contracts AS c ON c.id = a.contract_id
        LEFT JOIN invoices AS m ON m.contract_id = a.contract_id AND m.kind = 'main'
        WHERE a.contract_id = ANY($1::uuid[])
        """,
        [one.contract_id for one in new],
    )
    of = {row["contract_id"]: row for row in accounts}
    series: defaultdict[tuple[str, str, int], list[NewInvoice]] = defaultdict(list)
    for one in new:
        account = of[one.contract_id]
        series[account["tenant"], account["organization"], account["year"]].append(one)
    # Counters are locked in one order by everybody.
    for (tenant, organization, year), invoices in sorted(series.items(), key=lambda one: one[0]):
        last = await _draw(work, tenant, organization, year, count=len(invoices))
        numbers = range(last - len(invoices) + 1, last + 1)
        await _write(work, invoices, numbers, of)


async def _draw(work: UnitOfWork, tenant: str, organization: str, year: int, *, count: int) -> int:
    [row] = await work.fetch(
        """
        INSERT INTO invoice_counters AS c (tenant, organization, year, last)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, organization, year) DO UPDATE SET last = c.last + $4
        RETURNING last
        """,
        tenant,
        organization,
        year,
        count,
    )
    last: int = row["last"]
    return last


async def _write(
    work: UnitOfWork,
    invoices: Sequence[NewInvoice],
    numbers: Sequence[int],
    of: dict[UUID, asyncpg.Record],
) -> None:
    await work.fetch(
        """
        INSERT INTO invoices (id, contract_id, tenant, organization, year, number, kind, parent_id,
                              transaction_id, total, currency, issued_at)
        SELECT n.*, tramita_now()
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[],
                    $7::text[], $8::uuid[], $9::uuid[], $10::numeric[], $11::text[]) AS n
        """,
        [new_id() for _ in invoices],
        [one.contract_id for one in invoices],
        [of[one.contract_id]["tenant"] for one in invoices],
        [of[one.contract_id]["organization"] for one in invoices],
        [of[one.contract_id]["year"] for one in invoices],
        list(numbers),
        [one.kind.value for one in invoices],
        [
            None if one.kind is InvoiceKind.MAIN else of[one.contract_id]["main_id"]
            for one in invoices
        ],
        [one.transaction_id for one in invoices],
        [one.total for one in invoices],
        [of[one.contract_id]["currency"] for one in invoices],
    )


def reference_of(organization: str, year: int, number: int) -> str:
    """As it stands on the invoice: ``UNIV-2026-000012``."""
    return f"{organization[:_LONGEST_CODE].upper()}-{year}-{number:06}"
