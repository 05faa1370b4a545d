"""What an operation of portability is about, in facts that a person recognizes."""

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.kit.languages.filled import Filled, told
from tramita.kit.money import Money
from tramita.portability.model import Named, named

# An envelope has no page of its own: that of its first contract tells of it.
_FIRST: Final = (
    "(SELECT id FROM envelope_contracts WHERE envelope_id = {} ORDER BY position LIMIT 1)"
)
WHOLES: Final = (
    f"SELECT id, 'contract' AS kind, {_FIRST.format('e.id')} AS whole FROM envelopes AS e "  # noqa: S608 - ours
    "WHERE id = ANY($1::uuid[])",
    f"SELECT id, 'contract', {_FIRST.format('d.envelope_id')} FROM envelope_documents AS d "  # noqa: S608 - ours
    "WHERE id = ANY($1::uuid[])",
    "SELECT id, 'contract', contract_id FROM unwanted_proposals WHERE id = ANY($1::uuid[])",
)


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Contract, client, bank and amount of contracts and of what must go there; else the client."""
    rows = await work.fetch(
        """
        WITH asked AS (
            SELECT id, id AS contract_id FROM unnest($1::uuid[]) AS a(id)
            UNION ALL
            SELECT id, contract_id FROM unwanted_proposals WHERE id = ANY($1::uuid[])
        )
        SELECT a.id, c.number, nullif(c.number_at_provider, c.number) AS number_there,
               c.origin, c.financial, e.customer::text
        FROM asked AS a JOIN envelope_contracts AS c ON c.id = a.contract_id
        JOIN envelopes AS e ON e.id = c.envelope_id
        UNION ALL
        SELECT id, NULL, NULL, NULL, NULL, customer::text FROM envelopes
        WHERE id = ANY($1::uuid[])
        UNION ALL
        SELECT d.id, NULL, NULL, NULL, NULL, e.customer::text FROM envelope_documents AS d
        JOIN envelopes AS e ON e.id = d.envelope_id WHERE d.id = ANY($1::uuid[])
        """,
        list(subjects),
    )
    return {row["id"]: _facts(row, named(work.keys, row["customer"])) for row in rows}


def in_reais(amount: str | Decimal) -> Filled:
    """An amount of a loan as whoever works with it reads it; a client's page is Brazilian throughout."""
    return told(Money(Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP), "BRL"))


def _facts(row: asyncpg.Record, client: Named) -> list[tuple[str, str]]:
    origin, financial = row["origin"] or {}, row["financial"] or {}
    amount = financial.get("issue_amount") or origin.get("last_due_balance")
    found = [
        ("Contract", row["number"]),
        ("Number at the provider", row["number_there"]),
        ("Client", client.name),
        ("Bank", origin.get("bank_name")),
        ("Amount", in_reais(amount) if amount else None),
    ]
    return [(label, value) for label, value in found if value]
