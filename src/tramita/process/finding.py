"""The search of what is no area's own: operations, messages, events, and what came with a request."""

from typing import Final
from uuid import UUID

from tramita.console.words import STAMPS
from tramita.kit.database.work import UnitOfWork
from tramita.kit.finding import Finder, Hit, Needle
from tramita.kit.operations.lifecycle import OperationState

OPERATION: Final = "Operation"
AT_PROVIDER: Final = "Operation known by this at a provider"
MESSAGE: Final = "Message of a provider"
EVENT: Final = "Event"
REQUEST: Final = "What was done by this request"
_FOUND: Final = f"""
    SELECT * FROM (
    (SELECT '{OPERATION}' AS kind, 'operation' AS page, id::text AS id, kind AS title, state
     FROM operations WHERE id = $2)
    UNION ALL
    (SELECT '{OPERATION}', 'operation', id::text, kind, state
     FROM operations WHERE key = ANY($3::text[]))
    UNION ALL
    (SELECT '{AT_PROVIDER}', 'operation', id::text, kind, state
     FROM operations WHERE reference = ANY($3::text[]) LIMIT $1)
    UNION ALL
    (SELECT '{MESSAGE}', 'message', id::text, provider, NULL FROM inbox WHERE id = $2)
    UNION ALL
    (SELECT '{EVENT}', 'event', id, type, NULL FROM webhook_events WHERE id = $4)
    UNION ALL
    (SELECT '{REQUEST}', subject_kind, subject_id, action, NULL FROM audit
     WHERE request_id = ANY($3::text[]) LIMIT $1)
    ) AS found LIMIT $1
"""  # noqa: S608 - ours


async def find_platforms(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Operations of this id, key or reference, the message or event of this id, a request's acts."""
    event = f"evt_{needle.id.hex}" if needle.id else None
    rows = await work.fetch(_FOUND, limit, needle.id, needle.spellings, event)
    return [
        Hit(
            row["kind"],
            row["title"],
            row["page"],
            _to_id(row["id"]),
            (STAMPS[OperationState(row["state"])].word,) if row["state"] else (),
            is_spare=row["kind"] == AT_PROVIDER,
        )
        for row in rows
        if row["id"]
    ]


def _to_id(text: str) -> UUID | str:
    try:
        return UUID(text)
    except ValueError:
        return text


FINDER: Final = Finder((OPERATION, AT_PROVIDER, MESSAGE, EVENT, REQUEST), find_platforms)
