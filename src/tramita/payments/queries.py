"""How accounts stand: for whoever keeps the contracts, and for people."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

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


async def standing_of(work: UnitOfWork, contract_ids: Sequence[UUID]) -> dict[UUID, AccountView]:
    """The accounts of contracts that have one, in one statement."""
    rows = await work.fetch(
        """
        SELECT a.contract_id, a.total, a.currency,
               m.reference AS main_invoice,
               c.id AS card_id, c.brand, c.expiration_month, c.expiration_year, c.last_numbers,
               c.issuer_reference IS NOT NULL AND c.state = 'active' AS can_debit,
               i.ids, i.dates, i.amounts, i.currencies, i.states
        FROM payment_accounts AS a
        LEFT JOIN credit_cards AS c ON c.id = a.card_id
        LEFT JOIN invoices AS m ON m.contract_id = a.contract_id AND m.kind = 'main'
        LEFT JOIN LATERAL (
            SELECT array_agg(id ORDER BY position) AS ids,
                   array_agg(due_date ORDER BY position) AS dates,
                   array_agg(amount ORDER BY position) AS amounts,
                   array_agg(currency ORDER BY position) AS currencies,
                   array_agg(state ORDER BY position) AS states
            FROM installments WHERE contract_id = a.contract_id
        ) AS i ON true
        WHERE a.contract_id = ANY($1::uuid[])
        """,
        list(contract_ids),
    )
    return {
        row["contract_id"]: AccountView(
            row["contract_id"],
            row["total"],
            row["currency"],
            [
                InstallmentView(id_, due, amount, currency, InstallmentState(state))
                for id_, due, amount, currency, state in zip(
                    *(
                        row[name] or ()
                        for name in ("ids", "dates", "amounts", "currencies", "states")
                    ),
                    strict=True,
                )
            ],
            CardView(
                row["card_id"],
                row["brand"],
                row["expiration_month"],
                row["expiration_year"],
                row["last_numbers"],
                row["can_debit"],
            )
            if row["card_id"]
            else None,
            row["main_invoice"],
        )
        for row in rows
    }


async def parts_of(work: UnitOfWork, contract_id: UUID) -> list[UUID]:
    """The instalments of a contract, and the payments of these."""
    rows = await work.fetch(
        "SELECT id FROM installments WHERE contract_id = $1 "
        "UNION ALL SELECT id FROM payment_transactions WHERE contract_id = $1",
        contract_id,
    )
    return [row["id"] for row in rows]
