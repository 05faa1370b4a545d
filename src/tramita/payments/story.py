"""Read model of one account, for people who look after it: card, instalments, what was paid and invoiced."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.money import Money
from tramita.payments.acts import DEBIT
from tramita.payments.invoices import InvoiceKind
from tramita.payments.lifecycle import InstallmentState
from tramita.payments.queries import CardView, standing_of


class InstallmentLine(Struct):
    """An instalment with what was tried.

    ``debits`` counts what was begun, the last one on ``debited_on``; ``refusal`` is why there is
    no money. ``operation_id`` is its last debit, ``operation_state`` where that stands.
    ``is_in_form``: its owner may be paying it just now.
    """

    id: UUID
    position: int
    due_date: date
    amount: Decimal
    currency: str
    state: InstallmentState
    debits: int
    debited_on: date | None
    refused_at: datetime | None
    refusal: str | None
    is_in_form: bool
    operation_id: UUID | None
    operation_state: str | None

    @property
    def money(self) -> Money:
        """What is to be paid."""
        return Money(self.amount, self.currency)


class Movement(Struct):
    """A payment, a bank's no, or what was given back; ``reference`` is the provider's name of it."""

    id: UUID
    installment_id: UUID
    position: int
    kind: Literal["payment", "refusal", "refund"]
    reference: str
    amount: Decimal
    currency: str
    last_numbers: str
    created_at: datetime

    @property
    def money(self) -> Money:
        """How much."""
        return Money(self.amount, self.currency)


class InvoiceLine(Struct):
    """An invoice or a credit note."""

    reference: str
    kind: InvoiceKind
    total: Decimal
    currency: str
    issued_at: datetime

    @property
    def money(self) -> Money:
        """What it is over."""
        return Money(self.total, self.currency)


class AccountStory(Struct):
    """One contract's account in full."""

    provider: str
    card: CardView | None
    installments: list[InstallmentLine]
    movements: list[Movement]
    invoices: list[InvoiceLine]


_INSTALLMENTS = """
    SELECT i.id, i.position, i.due_date, i.amount, i.currency, i.state, i.debits, i.debited_on,
           i.refused_at, i.refusal,
           i.state <> 'paid' AND coalesce(i.form_until > tramita_now(), false) AS is_in_form,
           o.id AS operation_id, o.state AS operation_state
    FROM installments AS i LEFT JOIN LATERAL (
        SELECT id, state FROM operations WHERE subject_id = i.id AND kind = $2
        ORDER BY id DESC LIMIT 1
    ) AS o ON true
    WHERE i.contract_id = $1 ORDER BY i.position
"""
_MOVEMENTS = """
    SELECT t.id, t.installment_id, i.position, t.kind, t.reference, t.amount, t.currency,
           t.last_numbers, t.created_at
    FROM payment_transactions AS t JOIN installments AS i ON i.id = t.installment_id
    WHERE t.contract_id = $1 ORDER BY t.id
"""
_INVOICES = """
    SELECT reference, kind, total, currency, issued_at
    FROM invoices WHERE contract_id = $1 ORDER BY parent_id NULLS FIRST, id
"""


async def tell_account(work: UnitOfWork, contract_id: UUID) -> AccountStory | None:
    """The account of a contract, in five statements; ``None``: nothing is paid for it."""
    standing = (await standing_of(work, [contract_id])).get(contract_id)
    if standing is None:
        return None
    [account] = await work.fetch(
        "SELECT provider FROM payment_accounts WHERE contract_id = $1", contract_id
    )
    return AccountStory(
        account["provider"],
        standing.card,
        await work.read(InstallmentLine, _INSTALLMENTS, contract_id, DEBIT.name),
        await work.read(Movement, _MOVEMENTS, contract_id),
        await work.read(InvoiceLine, _INVOICES, contract_id),
    )
