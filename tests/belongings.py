"""Whose every row is, so that a test can say that nothing of somebody's has changed."""

from collections.abc import Mapping
from typing import Any, Final

from tramita.kit.database.engine import Database

_OF_SUBJECT: Final = "(SELECT tenant FROM tramita_owner({}))"
# By table, the tenant of its row `t` in SQL.
_WHOSE: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("contracts", "customers", "envelopes", "operations", "webhook_endpoints"), "t.tenant"
    ),
    "webhook_events": "t.tenant",
    "webhook_deliveries": "(SELECT tenant FROM webhook_endpoints WHERE id = t.endpoint_id)",
    "exchanges": "(SELECT tenant FROM operations WHERE id = t.operation_id)",
    "history": _OF_SUBJECT.format("t.subject_id"),
    "envelope_contracts": _OF_SUBJECT.format("t.id"),
    "envelope_documents": _OF_SUBJECT.format("t.envelope_id"),
    "envelope_announcements": _OF_SUBJECT.format("t.envelope_id"),
    "contract_events": _OF_SUBJECT.format("t.contract_id"),
    "proposal_events": _OF_SUBJECT.format("t.contract_id"),
    "unwanted_proposals": _OF_SUBJECT.format("t.contract_id"),
}


async def belongings(database: Database, tenant: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that belongs to a tenant, by table; tables without any are left out."""
    found = {
        table: [
            dict(row)
            for row in await database.fetch(
                f"SELECT t.* FROM {table} AS t WHERE {whose} = $1 ORDER BY t::text", tenant
            )
        ]
        for table, whose in _WHOSE.items()
    }
    return {table: rows for table, rows in found.items() if rows}


def changes(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]
) -> set[str]:
    """Columns whose values are others now, as ``table.column``; tables whose rows are, too."""
    found = set()
    for table in {*before, *after}:
        then, now = before.get(table, []), after.get(table, [])
        if len(then) != len(now):
            found.add(table)
            continue
        pairs = zip(
            *(sorted(rows, key=lambda row: str(row.get("id"))) for rows in (then, now)), strict=True
        )
        found |= {f"{table}.{name}" for old, new in pairs for name in old if old[name] != new[name]}
    return found
