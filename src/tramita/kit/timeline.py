"""What happened to a thing and its parts, in one order and by one clock: the platform's.

Told by whoever keeps it: moves of life cycles, acts outside with what was said there, messages
that came in, e-mails, events and their deliveries, what people noted down, jobs that an error
holds. An area adds what its own tables tell, as statements of the same columns.
"""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.bounds import within
from tramita.kit.database.work import UnitOfWork
from tramita.kit.inbox import BODY
from tramita.kit.insiders import hide_insiders
from tramita.kit.jobs.held import HeldJob, find_held_jobs_of
from tramita.kit.masking import mask_body
from tramita.kit.notes import NOTE
from tramita.kit.transitions import NOTE as REASON
from tramita.kit.transitions import WHY

Kind: TypeAlias = Literal[
    "transition",
    "signal",
    "backend",
    "revision",
    "document",
    "exchange",
    "operation",
    "message",
    "email",
    "webhook",
    "note",
    "job",
]
LONGEST_SAID: Final = 16 * 1024
"""So many characters of a request or an answer are told; the journal has the rest."""
MOST: Final = 1000
"""A life is a few dozen entries; of a longer one so many are told at once."""
_MOST_JOBS: Final = 20


class TimelineEntry(msgspec.Struct):
    """One thing that happened; ``details`` depends on ``kind``.

    A ``backend``'s is its own word, an ``operation``'s what became of an act outside; a
    ``message`` is one that a provider posted, an ``email`` and a ``webhook`` are one attempt to
    send one, a ``job`` is one that is held.
    """

    at: datetime
    kind: Kind
    what: str
    actor: str
    cause: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is told: of ``thing`` and its ``parts``, and by these statements of an area's.

    What happened to a part before ``since`` was the life of something else.

    Those select ``at, rank, n, kind, what, actor, cause, cause_as, details, sealed, place``, find
    the thing as ``$1`` and all ids as ``$2``. As what the cause is encrypted says ``cause_as``, if
    it is; ``sealed`` is more of the details, encrypted as ``place``;
    ``rank`` and ``n`` order what shares a moment. ``said``: with what was said outside.
    ``is_inside``: with what concerns only the house, its notes and held jobs, and whoever else was
    told; everybody else sees the events that were told to themselves, and of what our people wrote
    only why one of the signals ``explained`` was sent. Told are the newest ``most`` entries, of
    those ``before`` a moment if there is one.
    """

    thing: UUID
    parts: Sequence[UUID] = ()
    since: Mapping[UUID, datetime] = field(default_factory=dict)
    also: Sequence[str] = ()
    said: bool = False
    is_inside: bool = False
    explained: Collection[str] = ()
    before: datetime | None = None
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of what happened, the oldest first; what is ``older`` was before then, if there is any."""

    entries: Sequence[TimelineEntry]
    older: datetime | None = None


async def tell(work: UnitOfWork, asked: Asked) -> Stretch:
    """What happened last, in two statements however much that is.

    What shares a moment is told together. What is held now is told with the newest.
    """
    ids = [asked.thing, *asked.parts]
    rows, older = _cut(await work.fetch(*_statement(work, asked, ids)), asked.most)
    told = [_entry(work, row) for row in rows]
    if not asked.is_inside:
        told = [hide_insiders(one, tells_why=one.what in asked.explained) for one in told]
        return Stretch(told, older)
    if asked.before is None:
        about = [*ids, *_operations(told)]
        held = await find_held_jobs_of(work.connection, about, limit=_MOST_JOBS)
        told = sorted([*told, *map(_held, held)], key=lambda one: one.at)
    return Stretch(told, older)


def _statement(work: UnitOfWork, asked: Asked, ids: Sequence[UUID]) -> list[Any]:
    """What asks for one entry more than is told, and all that share its moment."""
    inside = [_ALL_EVENTS, _NOTES] if asked.is_inside else [_OWN_EVENTS]
    parts = " UNION ALL ".join([*(_SAID if asked.said else _UNSAID), *inside, *asked.also])
    values: list[Any] = [asked.thing, ids, *(() if asked.is_inside else work.bounds.limits)]
    where = "$1::uuid IS NOT NULL"  # Its type is known though no area may have named it.
    if asked.before is not None:
        values.append(asked.before)
        where += f" AND at < ${len(values)}::timestamptz"
    if asked.since:
        values += list(asked.since), list(asked.since.values())
        where += f" AND NOT {_OF_BEFORE.format(ids=len(values) - 1, since=len(values))}"
    query = f"""
        SELECT * FROM (
            SELECT * FROM ({parts}) AS entries WHERE {where}
            ORDER BY at DESC FETCH FIRST {asked.most + 1:d} ROWS WITH TIES
        ) AS newest ORDER BY at, rank, n
    """  # noqa: S608 - all of it is ours
    return [query, *values]


def _cut(
    rows: Sequence[asyncpg.Record], most: int
) -> tuple[Sequence[asyncpg.Record], datetime | None]:
    """Those that are told, and before when there are others."""
    if len(rows) <= most:
        return rows, None
    oldest = rows[0]["at"]
    told = [one for one in rows if one["at"] > oldest] or rows
    return told, told[0]["at"]


def _entry(work: UnitOfWork, row: asyncpg.Record) -> TimelineEntry:
    return TimelineEntry(
        row["at"],
        row["kind"],
        row["what"],
        row["actor"],
        _cause_of(work, row["cause"], row["cause_as"]),
        msgspec.json.decode(row["details"]) | _unsealed(work, row),
    )


def _cause_of(work: UnitOfWork, cause: str | None, place: str | None) -> str | None:
    return work.keys.decrypt(cause, place) if cause is not None and place else cause


def _unsealed(work: UnitOfWork, row: asyncpg.Record) -> dict[str, Any]:
    """What of an entry is encrypted: of a note its text, what a provider said (masked), else a structure."""
    sealed, place = row["sealed"], row["place"]
    if sealed is None or place is None:
        return {}
    if row["kind"] == "note":
        return {"text": work.keys.decrypt(sealed, place)}
    if place == BODY:
        said = mask_body(work.keys.decrypt_bytes(base64.b64decode(sealed), place))
        return {"answer": said[:LONGEST_SAID], "cut": len(said) - LONGEST_SAID}
    more: dict[str, Any] = msgspec.json.decode(work.keys.decrypt_json(sealed, place))
    return more


def _operations(told: Sequence[TimelineEntry]) -> list[UUID]:
    """The acts outside that are told of: a job that is held may carry one of them."""
    return [UUID(one) for one in {entry.details.get("operation") for entry in told} if one]


def _held(job: HeldJob) -> TimelineEntry:
    details = {"job": job.id, "carries": {name: str(id_) for name, id_ in job.carries.items()}}
    return TimelineEntry(job.held_at, "job", job.name, "worker", job.error, details)


_MOVES: Final = f"""
    SELECT at, 1 AS rank, id AS n, 'transition' AS kind, trigger AS what, actor,
           {WHY} AS cause, '{REASON}' AS cause_as,
           jsonb_build_object('of', subject, 'from', from_state, 'to', to_state,
                              'subject', subject_id)::text AS details,
           NULL::text AS sealed, NULL::text AS place
    FROM history WHERE subject_id = ANY($2::uuid[])
"""  # noqa: S608 - ours
_EXCHANGES: Final = """
    SELECT e.started_at, 3, e.id, 'exchange', o.kind, e.provider, e.error, NULL,
           (jsonb_build_object('attempt', e.attempt, 'method', e.method, 'path', e.path,
                               'status', e.status, 'outcome', e.outcome,
                               'milliseconds', e.milliseconds, 'operation', o.id,
                               'subject', o.subject_id) {})::text, NULL, NULL
    FROM exchanges AS e JOIN operations AS o ON o.id = e.operation_id
    WHERE o.subject_id = ANY($2::uuid[])
"""
_ACTS: Final = f"""
    SELECT h.at, 4, h.id, 'operation', h.trigger, h.actor, {WHY}, '{REASON}',
           jsonb_build_object('of', o.kind, 'from', h.from_state, 'to', h.to_state,
                              'operation', o.id, 'subject', o.subject_id,
                              'provider', o.provider)::text, NULL, NULL
    FROM operations AS o JOIN history AS h ON h.subject_id = o.id
    WHERE o.subject_id = ANY($2::uuid[]) AND h.subject = 'operations'
"""  # noqa: S608 - ours
_MAILS: Final = """
    SELECT a.started_at, 5, a.number, 'email', m.template, 'mails', a.error, NULL,
           jsonb_build_object('mail', m.id, 'language', m.language, 'attempt', a.number,
                              'status', a.status, 'state', d.state,
                              'milliseconds', a.milliseconds)::text, NULL, NULL
    FROM mails AS m JOIN mail_deliveries AS d ON d.mail_id = m.id
    JOIN mail_attempts AS a ON a.delivery_id = d.id
    WHERE m.subject_id = ANY($2::uuid[])
"""
# An event that nobody listens to is told all the same: once, without an attempt.
_EVENTS: Final = """
    SELECT coalesce(a.started_at, v.occurred_at), 6, coalesce(a.number, 0), 'webhook', v.type,
           'webhooks', a.error, NULL,
           jsonb_build_object('event', v.id, 'delivery', d.id, 'endpoint', d.endpoint_id,
                              'attempt', a.number, 'status', a.status, 'state', d.state,
                              'milliseconds', a.milliseconds, 'subject', v.subject_id)::text,
           NULL, NULL
    FROM webhook_events AS v LEFT JOIN webhook_deliveries AS d ON d.event_id = v.id {to}
    LEFT JOIN webhook_attempts AS a ON a.delivery_id = d.id
    WHERE v.subject_id = ANY($2::uuid[]) {of}
"""
_ALL_EVENTS: Final = _EVENTS.format(to="", of="")
_OWN_EVENTS: Final = _EVENTS.format(
    to="AND EXISTS (SELECT FROM webhook_endpoints AS p "
    f"WHERE p.id = d.endpoint_id AND {within('p', 3)})",
    of=f"AND {within('v', 3)}",
)
_NOTES: Final = f"""
    SELECT written_at, 7, 0, 'note', 'note', actor, NULL, NULL,
           jsonb_build_object('note', id, 'subject', subject_id)::text, text, '{NOTE}'
    FROM notes WHERE subject_id = ANY($2::uuid[])
"""  # noqa: S608 - ours
_MESSAGES: Final = """
    SELECT received_at, 0, 0, 'message', 'received', provider, NULL, NULL,
           jsonb_build_object('message', id, 'subject', subject_id)::text, {}
    FROM inbox WHERE subject_id = ANY($2::uuid[])
"""
# Of a part that had another life before this one.
_OF_BEFORE: Final = (
    "EXISTS (SELECT FROM unnest(${ids}::uuid[], ${since}::timestamptz[]) AS p(id, since) "
    "WHERE p.id::text = entries.details::jsonb ->> 'subject' AND entries.at < p.since)"
)
_BODIES: Final = f"""
    || jsonb_build_object('request', left(e.request, {LONGEST_SAID}), 'answer',
                          left(e.answer, {LONGEST_SAID}), 'cut',
                          greatest(length(e.request), length(e.answer)) - {LONGEST_SAID})
"""
_OTHERS: Final = (_MOVES, _ACTS, _MAILS)
_SEALED: Final = f"encode(body, 'base64'), '{BODY}'"
_SAID: Final = (*_OTHERS, _EXCHANGES.format(_BODIES), _MESSAGES.format(_SEALED))
_UNSAID: Final = (*_OTHERS, _EXCHANGES.format(""), _MESSAGES.format("NULL, NULL"))
