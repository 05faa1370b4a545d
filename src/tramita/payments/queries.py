"""How accounts stand: for whoever keeps the contracts, and for people."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg
from msgspec import Struct

from tramita.kit.database.work import UnitOfWork
from tramita.payments.lifecycle import InstallmentState


class InstallmentView(Struct):
    """One instalment of a schedule."""

    id: UUID
    due_date: date
    amount: Decimal
    currency: str
    state: InstallmentState


class CardView(Struct):
    """The card that an account is paid with; ``can_debit``: without its owner being there."""

    id: UUID
    brand: str
    expiration_month: int
    expiration_year: int
    last_numbers: str
    can_debit: bool


class AccountView(Struct):
    """How one contract's account stands; its instalments in order."""

    contract_id: UUID
    total: Decimal
    currency: str
    installments: list[InstallmentView]
    card: CardView | None
    main_invoice: str | None

    @property
    def has_payment_method(self) -> bool:
        """Whether what is due can be debited."""
        return self.card is not None and self.card.can_debit


def account_columns(contract: str) -> str:
    """The columns that ``read_account`` reads: how the account of a contract stands.

    The instalments are a column of their own: within a record the driver reads no array of records.
    """
    return f"""(
        SELECT (a.contract_id, a.total, a.currency,
                CASE WHEN k.id IS NOT NULL THEN
                    (k.id, k.brand, k.expiration_month, k.expiration_year, k.last_numbers,
                     k.issuer_reference IS NOT NULL AND k.state = 'active')
                END,
                (SELECT m.reference FROM invoices AS m
                 WHERE m.contract_id = a.contract_id AND m.kind = 'main'))
        FROM payment_accounts AS a LEFT JOIN credit_cards AS k ON k.id = a.card_id
        WHERE a.contract_id = {contract}
    ) AS account, ARRAY(
        SELECT (i.id, i.due_date, i.amount, i.currency, i.state)
        FROM installments AS i WHERE i.contract_id = {contract} ORDER BY i.position
    ) AS installments"""  # noqa: S608 - constants


def read_account(row: asyncpg.Record) -> AccountView | None:
    """What was found by ``account_columns``; ``None``: nothing is paid for it."""
    if row["account"] is None:
        return None
    contract_id, total, its_currency, card, main_invoice = row["account"]
    installments = [
        InstallmentView(id_, due_date, amount, currency, InstallmentState(state))
        for id_, due_date, amount, currency, state in row["installments"]
    ]
    its_card = CardView(*card) if card else None
    return AccountView(contract_id, total, its_currency, installments, its_card, main_invoice)


async def standing_of(work: UnitOfWork, contract_ids: Sequence[UUID]) -> dict[UUID, AccountView]:
    """The accounts of contracts that have one, in one statement."""
    rows = await work.fetch(
        f"SELECT {account_columns('c.id')} FROM unnest($1::uuid[]) AS c(id)",  # noqa: S608 - ours
        list(contract_ids),
    )
    found = (read_account(row) for row in rows)
    return {one.contract_id: one for one in found if one is not None}


async def parts_of(work: UnitOfWork, contract_id: UUID) -> list[UUID]:
    """The instalments of a contract, and the payments of these."""
    rows = await work.fetch(
        "SELECT id FROM installments WHERE contract_id = $1 "
        "UNION ALL SELECT id FROM payment_transactions WHERE contract_id = $1",
        contract_id,
    )
    return [row["id"] for row in rows]
