"""Credit notes: what is invoiced and not credited is what was paid and what is still to be paid.

That is the rule by which accounts are kept. It may be broken in two moments: when instalments are
wanted no more, what was to be paid is credited; when money goes back, so is that. Money that paid
nothing (an instalment was paid twice, or after it was wanted no more) goes back without lowering
what is invoiced: of that there is a receipt, over less than nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.payments.invoices import InvoiceKind, NewInvoice, write_invoices
from tramita.payments.lifecycle import TO_PAY

BALANCE: Final = f"""
    SELECT m.contract_id, m.total
         + coalesce((SELECT sum(total) FROM invoices
                     WHERE contract_id = m.contract_id AND kind = 'credit_note'), 0)
         - coalesce((SELECT sum(CASE kind WHEN 'payment' THEN amount ELSE -amount END)
                     FROM payment_transactions
                     WHERE contract_id = m.contract_id AND kind IN ('payment', 'refund')), 0)
         - coalesce((SELECT sum(amount) FROM installments
                     WHERE contract_id = m.contract_id AND {one_of("state", TO_PAY)}), 0) AS rest
    FROM invoices AS m WHERE m.kind = 'main'
"""  # noqa: S608 - constants
"""Of each contract what nobody has paid, owes or was credited; less than nothing: paid too much."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that has gone back, by its transaction."""

    contract_id: UUID
    transaction_id: UUID
    amount: Decimal


async def credit_unpaid(work: UnitOfWork, contract_ids: Sequence[UUID]) -> None:
    """Credit what was invoiced for these locked contracts, and will not be paid."""
    await _credit(work, contract_ids, [])


async def credit_refunds(work: UnitOfWork, refunds: Sequence[Refund]) -> None:
    """Write a credit note, or a receipt, for each of these; their contracts are locked."""
    await _credit(work, {one.contract_id for one in refunds}, refunds)


async def _credit(
    work: UnitOfWork, contract_ids: Iterable[UUID], refunds: Sequence[Refund]
) -> None:
    rows = await work.fetch(f"{BALANCE} AND m.contract_id = ANY($1::uuid[])", sorted(contract_ids))
    rest: dict[UUID, Decimal] = {row["contract_id"]: row["rest"] for row in rows}
    papers = []
    for one in refunds:
        kind = InvoiceKind.PAYMENT
        if rest[one.contract_id] >= one.amount:
            kind = InvoiceKind.CREDIT_NOTE
            rest[one.contract_id] -= one.amount
        papers.append(NewInvoice(one.contract_id, kind, -one.amount, one.transaction_id))
    papers += [
        NewInvoice(id_, InvoiceKind.CREDIT_NOTE, -amount)
        for id_, amount in rest.items()
        if amount > 0
    ]
    await write_invoices(work, papers)
