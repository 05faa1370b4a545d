"""What an operation of portability is about, in facts that a person recognizes."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.portability.model import Named, named
from tramita.portability.page.formats import brl


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Contract, client, bank and amount of those that are contracts or envelopes."""
    rows = await work.fetch(
        """
        SELECT c.id, c.number, nullif(c.number_at_provider, c.number) AS number_there,
               c.origin, c.financial, e.customer::text
        FROM envelope_contracts AS c JOIN envelopes AS e ON e.id = c.envelope_id
        WHERE c.id = ANY($1::uuid[])
        UNION ALL
        SELECT id, NULL, NULL, NULL, NULL, customer::text FROM envelopes
        WHERE id = ANY($1::uuid[])
        """,
        list(subjects),
    )
    return {row["id"]: _facts(row, named(work.keys, row["customer"])) for row in rows}


def _facts(row: asyncpg.Record, client: Named) -> list[tuple[str, str]]:
    origin, financial = row["origin"] or {}, row["financial"] or {}
    amount = financial.get("issue_amount") or origin.get("last_due_balance")
    found = [
        ("Contract", row["number"]),
        ("Number at the provider", row["number_there"]),
        ("Client", client.name),
        ("Bank", origin.get("bank_name")),
        ("Amount", brl(Decimal(amount)) if amount else None),
    ]
    return [(label, value) for label, value in found if value]
