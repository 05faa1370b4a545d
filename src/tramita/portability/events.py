"""What lenders' own systems are told of envelopes: each event carries the envelope.

A receiver that gets two of them in the wrong order keeps, of each contract, what the event with
the greater ``version`` says. What changes in an envelope of very many contracts is told
without the others, or telling of each of them would cost the square of their number.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.webhooks.emission import IS_ANYBODY_LISTENING, NewEvent, emit_many
from tramita.kit.webhooks.types import EventType

ALL_DONE: Final = EventType(
    "envelope.all_done",
    "Sent when the last contract of a run was accepted, refused or handed to a person; `data` is "
    "the envelope.",
)
CONTRACT_CHANGED: Final = EventType(
    "envelope.contract_changed",
    "Sent when a contract moved after that: signed, retained, paid; `data` is the envelope. "
    "Of one with more than 20 contracts only those that moved are in it, and `is_whole` is false.",
)
REMINDER: Final = EventType(
    "envelope.reminder",
    "Sent while contracts wait for the client's signature, a few times at most; `data` is the "
    "envelope and `reminder`, which counts from 1.",
)
EXPIRING: Final = EventType(
    "envelope.expiring",
    "Sent once, some days before an envelope with contracts to sign expires; `data` is the "
    "envelope.",
)
ENDED: Final = EventType(
    "envelope.ended",
    "Sent when an envelope was cancelled, expired or concluded; `data` is the envelope.",
)
EVENT_TYPES: Final[Sequence[EventType]] = (ALL_DONE, CONTRACT_CHANGED, REMINDER, EXPIRING, ENDED)

# With so many contracts each of an envelope's changes is told with all of them.
MOST_TOLD: Final = 20

_SNAPSHOTS: Final = f"""
    SELECT e.id, jsonb_build_object(
        'token', e.token, 'version', e.version, 'state', e.state, 'expires_at', e.expires_at,
        'is_whole', n.is_whole,
        'contracts', jsonb_agg(jsonb_build_object(
            'id', c.id, 'number', c.number, 'product', c.product, 'status', c.contract_status,
            'portability_status', c.portability_status, 'stage', c.stage, 'decides_by', c.decides_by,
            'provider', c.provider, 'proposal_key', c.proposal_key, 'proposal_number', c.proposal_number,
            'reasons', c.reasons, 'conflict', c.conflict) ORDER BY c.position)) AS snapshot
    FROM envelopes AS e CROSS JOIN LATERAL (
        SELECT $2::uuid[] IS NULL OR count(*) <= $3 AS is_whole
        FROM (SELECT FROM envelope_contracts WHERE envelope_id = e.id LIMIT $3 + 1) AS counted
    ) AS n
    JOIN envelope_contracts AS c ON c.envelope_id = e.id AND c.id = ANY(
        CASE WHEN n.is_whole THEN ARRAY(SELECT id FROM envelope_contracts WHERE envelope_id = e.id)
        ELSE $2 END)
    WHERE e.id = ANY($1::uuid[])
      AND {IS_ANYBODY_LISTENING}
    GROUP BY e.id, n.is_whole ORDER BY e.id
"""  # noqa: S608 - a constant


async def tell_partners(
    work: UnitOfWork,
    kind: EventType,
    envelopes: Sequence[UUID],
    *,
    moved: Sequence[UUID] | None = None,
    **more: Any,
) -> None:
    """Emit ``kind`` for each envelope with its present snapshot; one statement if nobody listens.

    With ``moved``, a large envelope is told of without its other contracts.
    """
    some = None if moved is None else list(moved)
    rows = await work.fetch(_SNAPSHOTS, list(envelopes), some, MOST_TOLD)
    if rows:
        await emit_many(work, [NewEvent(kind, row["id"], row["snapshot"] | more) for row in rows])
