"""Read models of contracts and the catalog: one statement each, whatever the page's size."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tramita.contracts.backends import find_parts_of
from tramita.contracts.lifecycle import ContractState
from tramita.contracts.model import EVENT_CAUSE, EVENT_DETAILS, Contract
from tramita.kit.database.records import get_one, written_out
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.types import EncryptedJSON
from tramita.kit.transitions import NOTE, WHY

_INDEXED: Final = 3
"""So many letters of a name at least are found by an index; with fewer, names are read."""
_TRIGRAMS: Final = partial(func.tramita_trigrams, type_=ARRAY(Text))
# A contract's life is a few dozen entries; more than this would be of no use on a page.
_TIMELINE_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts; empty fields do not matter. ``q`` is a part of the name."""

    backend: str | None = None
    state: ContractState | None = None
    customer: UUID | None = None
    product: UUID | None = None
    q: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on contracts."""
        exact = {
            Contract.backend: self.backend and written_out(self.backend),
            Contract.state: self.state and written_out(self.state.value),
            Contract.customer_id: self.customer,
            Contract.product_id: self.product,
        }
        found = [column == value for column, value in exact.items() if value is not None]
        if self.q:
            found.append(Contract.name.icontains(self.q, autoescape=True))
        if self.q and len(self.q) >= _INDEXED:
            found.append(_TRIGRAMS(Contract.name).contains(_TRIGRAMS(written_out(self.q))))
        return found


class TimelineEntryAnswer(Struct):
    """One thing that happened to a contract; ``details`` depends on ``kind``."""

    at: datetime
    # A ``backend``'s is its own word, an ``operation``'s what became of an act outside; an
    # ``email`` is one attempt to send one.
    kind: Literal["transition", "signal", "backend", "exchange", "operation", "email"]
    what: str
    actor: str
    cause: str | None
    details: dict[str, Any]


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """The number, as the core knows it, of those that are contracts."""
    rows = await work.fetch(
        "SELECT id, name FROM contracts WHERE id = ANY($1::uuid[])", list(subjects)
    )
    return {row["id"]: [("Contract", row["name"])] for row in rows}


async def get_timeline(work: UnitOfWork, contract_id: UUID) -> list[TimelineEntryAnswer]:
    """What happened to a contract, oldest first; raises ``ContractNotFound``.

    Also to what its backend says is part of it.
    """
    contract = await get_one(work.session, Contract, contract_id)
    find_parts = find_parts_of(contract.backend)
    parts = await find_parts(work, contract_id) if find_parts else ()
    given = {"id": contract_id, "ids": [contract_id, *parts], "limit": _TIMELINE_LIMIT}
    rows = await work.session.execute(_TIMELINE, given)
    return [
        TimelineEntryAnswer(
            at, kind, what, actor, _cause(work, kind, cause), details | (also or {})
        )
        for at, kind, what, actor, cause, details, also in rows
    ]


def _cause(work: UnitOfWork, kind: str, cause: str | None) -> str | None:
    place = _CAUSES.get(kind)
    return work.keys.decrypt(cause, place) if cause is not None and place else cause


# Journeys keep rows of their own under the contract's id or as its parts, so their transitions are
# here too.
_CAUSES = {"transition": NOTE, "operation": NOTE, "signal": EVENT_CAUSE, "backend": EVENT_CAUSE}
"""As what the cause of an entry is encrypted, where it is."""
_TIMELINE = text(f"""
    SELECT at, kind, what, actor, cause, details, also FROM (
        SELECT at, 1 AS rank, id AS n, 'transition' AS kind, trigger AS what, actor,
               {WHY} AS cause,
               jsonb_build_object('of', subject, 'from', from_state, 'to', to_state,
                                  'subject', subject_id) AS details,
               NULL::jsonb AS also
        FROM history WHERE subject_id = ANY(CAST(:ids AS uuid[]))
        UNION ALL
        SELECT at, 2, id, CASE WHEN starts_with(event, 'on_') THEN 'signal' ELSE 'backend' END,
               event, actor, cause,
               details, jsonb_build_object('handled_by', to_jsonb(handled_by))
        FROM contract_events WHERE contract_id = :id
        UNION ALL
        SELECT e.started_at, 3, e.id, 'exchange', o.kind, e.provider, e.error,
               jsonb_build_object('attempt', e.attempt, 'method', e.method, 'path', e.path,
                                  'status', e.status, 'outcome', e.outcome,
                                  'milliseconds', e.milliseconds, 'operation', o.id,
                                  'subject', o.subject_id), NULL
        FROM exchanges AS e JOIN operations AS o ON o.id = e.operation_id
        WHERE o.subject_id = ANY(CAST(:ids AS uuid[]))
        UNION ALL
        SELECT h.at, 4, h.id, 'operation', h.trigger, h.actor, {WHY},
               jsonb_build_object('of', o.kind, 'from', h.from_state, 'to', h.to_state,
                                  'operation', o.id, 'subject', o.subject_id), NULL
        FROM operations AS o JOIN history AS h ON h.subject_id = o.id
        WHERE o.subject_id = ANY(CAST(:ids AS uuid[])) AND h.subject = 'operations'
        UNION ALL
        SELECT a.started_at, 5, a.number, 'email', m.template, 'mails', a.error,
               jsonb_build_object('mail', m.id, 'language', m.language, 'attempt', a.number,
                                  'status', a.status, 'state', d.state,
                                  'milliseconds', a.milliseconds), NULL
        FROM mails AS m JOIN mail_deliveries AS d ON d.mail_id = m.id
        JOIN mail_attempts AS a ON a.delivery_id = d.id
        WHERE m.subject_id = :id
    ) AS entries
    ORDER BY at, rank, n LIMIT :limit
""").columns(  # noqa: S608 - ours
    details=EncryptedJSON(EVENT_DETAILS), also=JSONB
)
