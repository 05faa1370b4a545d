"""What an operation of payments is about, and what is at stake where one needs a person."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.filled import told
from tramita.kit.money import Money
from tramita.payments.acts import DEBIT, DELETE_CARD, REFUND

STAKES: Final[Mapping[str, str]] = {
    DEBIT.name: "Money may have been taken from a learner’s card, and nobody knows. Look for the "
    "payment at the provider; nothing is debited for this instalment before it is settled.",
    REFUND.name: "A learner waits for money that was to be given back, and the provider does not do "
    "it. Give it back there, or have it tried again; the order stays in refund until then.",
    DELETE_CARD.name: "A learner has deleted a card, and the provider still has it. Here it is gone, "
    "and nothing is debited with it.",
}


WHOLES: Final = (
    "SELECT id, 'contract' AS kind, contract_id AS whole FROM installments "
    "WHERE id = ANY($1::uuid[])",
    "SELECT id, 'contract', contract_id FROM payment_transactions WHERE id = ANY($1::uuid[])",
)


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Contract, amount and due date of instalments and payments; of cards, which one it is."""
    rows = await work.fetch(
        """
        SELECT i.id, c.name, i.amount, i.currency, i.due_date, NULL AS reference
        FROM installments AS i JOIN contracts AS c ON c.id = i.contract_id
        WHERE i.id = ANY($1::uuid[])
        UNION ALL
        SELECT t.id, c.name, t.amount, t.currency, NULL, t.reference
        FROM payment_transactions AS t JOIN contracts AS c ON c.id = t.contract_id
        WHERE t.id = ANY($1::uuid[])
        """,
        list(subjects),
    )
    facts = {
        row["id"]: [
            ("Contract", row["name"]),
            ("Amount", told(Money(row["amount"], row["currency"]))),
            *([("Due on", row["due_date"].isoformat())] if row["due_date"] else ()),
            *([("Payment at the provider", row["reference"])] if row["reference"] else ()),
        ]
        for row in rows
    }
    cards = await work.fetch(
        "SELECT id, brand, last_numbers FROM credit_cards WHERE id = ANY($1::uuid[])",
        list(subjects),
    )
    return facts | {
        row["id"]: [("Card", f"{row['brand']} •••• {row['last_numbers']}")] for row in cards
    }
