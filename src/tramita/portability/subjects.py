"""What an operation of portability is about, in facts that a person recognizes."""

from decimal import Decimal
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.portability.page.formats import brl


async def facts_about(work: UnitOfWork, subject_id: UUID) -> list[tuple[str, str]]:
    """Contract, client, bank and amount of a contract or an envelope; empty where it is neither."""
    rows = await work.fetch(
        """
        SELECT c.number, c.origin, c.financial, e.customer -> 'borrower' ->> 'name' AS client
        FROM envelope_contracts AS c JOIN envelopes AS e ON e.id = c.envelope_id
        WHERE c.id = $1
        UNION ALL
        SELECT NULL, NULL, NULL, customer -> 'borrower' ->> 'name' FROM envelopes WHERE id = $1
        """,
        subject_id,
    )
    return [fact for row in rows[:1] for fact in _facts(row)]


def _facts(row: asyncpg.Record) -> list[tuple[str, str]]:
    origin, financial = row["origin"] or {}, row["financial"] or {}
    amount = financial.get("issue_amount") or origin.get("last_due_balance")
    found = [
        ("Contract", row["number"]),
        ("Client", row["client"]),
        ("Bank", origin.get("bank_name")),
        ("Amount", brl(Decimal(amount)) if amount else None),
    ]
    return [(label, value) for label, value in found if value]
