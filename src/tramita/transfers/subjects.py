"""What an operation of transfers is about, in facts that a person recognizes."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.transfers.amounts import told

WHOLES: Final = (
    "SELECT id, 'application' AS kind, id AS whole FROM applications "
    "WHERE id = ANY($1::uuid[]) AND contract_id IS NULL",
    "SELECT id, 'application', application_id FROM offers WHERE id = ANY($1::uuid[])",
    "SELECT id, 'application', application_id FROM document_jobs WHERE id = ANY($1::uuid[])",
)


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Number in 1C, amount and state of applications; of documents asked for, which kind too."""
    rows = await work.fetch(
        """
        WITH asked AS (
            SELECT id, id AS application_id, NULL AS document FROM unnest($1::uuid[]) AS a(id)
            UNION ALL
            SELECT id, application_id, kind FROM document_jobs WHERE id = ANY($1::uuid[])
        )
        SELECT q.id, q.document, a.onec_number, a.amount, a.currency, a.state
        FROM asked AS q JOIN applications AS a ON a.id = q.application_id
        """,
        list(subjects),
    )
    return {
        row["id"]: [
            *([("Number in 1C", row["onec_number"])] if row["onec_number"] else ()),
            *([("Amount", told(row["amount"], row["currency"]))] if row["amount"] else ()),
            *([("Document", row["document"].replace("_", " "))] if row["document"] else ()),
            ("Application", row["state"].replace("_", " ")),
        ]
        for row in rows
    }
