"""What happened to an application, as its readers in the chat may know of it.

A client reads what they did themselves and what their chat was told; whoever works on it reads who did what,
and why. What somebody filled in without anything else in between is one entry: it is saved with every word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import asyncpg

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.insiders import is_insider
from tramita.kit.transitions import WHY, reason_of
from tramita.transfers.lifecycle import CHOSEN, GIVEN_UP, ApplicationState
from tramita.transfers.model import Application
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import HANDED_OVER
from tramita.transfers.who import Who

_MOST: Final = 50
# So many rows are looked at for them: a form is saved several times while somebody fills it in.
_MOST_ROWS: Final = 400
# ``$2`` is the client who reads, empty for whoever works on it. That it was begun, how it stands and the documents
# that are theirs a client was told; what others filled in, and whose it is, a client was not.
_ROWS: Final = f"""
    SELECT * FROM (
        SELECT at, 1 AS rank, id AS n, 'move' AS kind, to_state AS what, NULL AS named, actor,
               {WHY} AS why, NULL::text[] AS changed
        FROM history
        WHERE subject_id = $1 AND subject = 'applications'
          AND to_state <> '{ApplicationState.OFFER_ACCEPTED}'
        UNION ALL
        SELECT h.at, 2, h.id, 'offer', h.to_state, NULL, h.actor, NULL, NULL
        FROM offers AS o JOIN history AS h ON h.subject_id = o.id AND h.subject = 'offers'
        WHERE o.application_id = $1 AND {one_of("h.to_state", CHOSEN)}
        UNION ALL
        SELECT at, 0, revision, CASE revision WHEN 1 THEN 'begun' ELSE 'form' END, source, NULL,
               actor, NULL, changed
        FROM application_revisions
        WHERE application_id = $1 AND ($2::text IS NULL OR actor = $2 OR revision = 1)
        UNION ALL
        SELECT created_at, 3, 0, 'document', kind, number, actor, NULL, NULL
        FROM application_documents
        WHERE application_id = $1 AND ($2::text IS NULL OR is_for_client)
        UNION ALL
        SELECT at, 4, 0, 'agent', details ->> 'agent', NULL, actor, NULL, NULL FROM audit
        WHERE subject_id = $1::uuid::text AND action = '{HANDED_OVER}' AND $2::text IS NULL
    ) AS happened
    ORDER BY at DESC, rank DESC, n DESC LIMIT {_MOST_ROWS}
"""  # noqa: S608 - ours


class Kind(StrEnum):
    """What happened: ``what`` is a state, a document's kind, or an agent's id."""

    BEGUN = "begun"
    FORM = "form"
    MOVE = "move"
    OFFER = "offer"
    DOCUMENT = "document"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing; ``groups`` are the parts of the form that were filled in, ``number`` is a document's."""

    at: datetime
    kind: Kind
    what: str
    actor: str
    why: str | None = None
    number: str | None = None
    groups: tuple[str, ...] = ()


async def list_happened(work: UnitOfWork, application: Application, who: Who) -> Sequence[Happened]:
    """What ``who`` may know of, the newest first."""
    client = who.name if who.role is Role.CLIENT else None
    rows = await work.fetch(_ROWS, application.id, client)
    found = [_read(work, row, client) for row in rows]
    return list(_together(found))[:_MOST]


def _read(work: UnitOfWork, row: asyncpg.Record, client: str | None) -> Happened:
    groups = {path.partition(".")[0] for path in row["changed"] or ()}
    one = Happened(
        row["at"],
        Kind(row["kind"]),
        row["what"],
        row["actor"],
        reason_of(work.keys, row["why"]),
        row["named"],
        tuple(sorted(groups)),
    )
    return one if _tells_why(one, client) else replace(one, why=None)


def _tells_why(one: Happened, client: str | None) -> bool:
    """Why it is over everybody is told; else a reason is its writer's, and of those who work with them."""
    if one.what in GIVEN_UP:
        return True
    return one.actor == client if client is not None else not is_insider(one.actor)


def _together(found: Iterable[Happened]) -> Iterator[Happened]:
    """What one person filled in, one time after the other, as what they did at last."""
    last: Happened | None = None
    for one in found:
        if last is None:
            last = one
        elif one.kind is last.kind is Kind.FORM and one.actor == last.actor:
            last = replace(last, groups=tuple(sorted({*last.groups, *one.groups})))
        else:
            yield last
            last = one
    if last is not None:
        yield last
