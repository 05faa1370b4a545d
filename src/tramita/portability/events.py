"""What lenders' own systems are told of envelopes: each event carries the whole envelope.

A receiver that gets two of them in the wrong order keeps the one with the greater
``version``.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.webhooks.emission import NewEvent, emit_many
from tramita.kit.webhooks.types import EventType

ALL_DONE: Final = EventType(
    "envelope.all_done",
    "Sent when the last contract of a run was accepted, refused or handed to a person; `data` is "
    "the envelope.",
)
CONTRACT_CHANGED: Final = EventType(
    "envelope.contract_changed",
    "Sent when a contract moved after that: signed, retained, paid; `data` is the envelope.",
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

_SNAPSHOTS: Final = """
    SELECT e.id, jsonb_build_object(
        'token', e.token, 'version', e.version, 'state', e.state, 'expires_at', e.expires_at,
        'contracts', jsonb_agg(jsonb_build_object(
            'id', c.id, 'number', c.number, 'product', c.product, 'status', c.contract_status,
            'portability_status', c.portability_status, 'stage', c.stage, 'decides_by', c.decides_by,
            'provider', c.provider, 'proposal_key', c.proposal_key, 'proposal_number', c.proposal_number,
            'reasons', c.reasons, 'conflict', c.conflict) ORDER BY c.position)) AS snapshot
    FROM envelopes AS e JOIN envelope_contracts AS c ON c.envelope_id = e.id
    WHERE e.id = ANY($1::uuid[])
      AND EXISTS (SELECT FROM webhook_endpoints WHERE state = 'enabled')
    GROUP BY e.id ORDER BY e.id
"""


async def tell_partners(
    work: UnitOfWork, kind: EventType, envelopes: Sequence[UUID], **more: Any
) -> None:
    """Emit ``kind`` for each envelope with its present snapshot; one statement if nobody listens."""
    rows = await work.fetch(_SNAPSHOTS, list(envelopes))
    if rows:
        await emit_many(work, [NewEvent(kind, row["id"], row["snapshot"] | more) for row in rows])
