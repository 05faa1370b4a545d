"""What an operation of payments is about, in facts that a person recognizes."""

from collections.abc import Collection
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.money import Money


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
            ("Amount", str(Money(row["amount"], row["currency"]))),
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
