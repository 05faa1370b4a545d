"""The invariants of transfers, held against the database and the back office.

X1 asks the back office about each application that it should have; the question changes nothing
there. Where it is not answered, the promise is reported as not verified, never as kept. That what was
said in a chat is kept once is a promise of ``chats``; that no secret is in any log, and that code and
tables of roles say the same, are promises about code, which tests keep.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.conditions import is_written, one_of
from tramita.kit.findings import Difference, Finding, Verdict, Word, ask_about, find_broken, judge
from tramita.kit.operations.standing import has_operation
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.transfers.lifecycle import (
    ACCEPTED,
    ACTIVE,
    CHOSEN,
    GIVEN_UP,
    UNCHECKED,
    PaymentState,
)
from tramita.transfers.office.loading import DOCUMENTED, WANTED
from tramita.transfers.office.messages import BESIDES
from tramita.transfers.ports import BackOffice
from tramita.transfers.rules.kinds import IN_ONEC, TRAITS
from tramita.transfers.rules.permissions import GRANTS, Action
from tramita.transfers.rules.roles import Role

_TIMELESS: Final = frozenset(kind for kind, traits in TRAITS.items() if not traits.has_deadline)
_EDITORS: Final = frozenset(
    role for grant in GRANTS if grant.action is Action.EDIT for role in grant.roles
)

_OF_BESIDES: Final = " OR ".join(is_written("m.kind", kind) for kind in sorted(BESIDES))
_AT_OFFICE: Final = f"""
    SELECT a.id, s.provider, a.onec_ref AS ref, a.onec_revision AS revision,
           s.is_cancelled AND NOT {one_of("a.state", DOCUMENTED)} AS is_given_up,
           {one_of("a.state", DOCUMENTED)} AS is_wanted,
           {one_of("a.state", WANTED)} AND NOT s.is_cancelled AS is_under_way,
           (SELECT max(m.message_no) FROM office_messages AS m
            WHERE m.application_id = a.id AND m.direction = 'out' AND m.state = 'acknowledged'
              AND ({_OF_BESIDES})) AS told
    FROM applications AS a JOIN office_standings AS s ON s.application_id = a.id
    WHERE a.onec_ref IS NOT NULL AND s.lost_at IS NULL ORDER BY a.id DESC LIMIT $1
"""  # noqa: S608 - constants
_FORGOTTEN: Final = f"""
    SELECT a.id::text AS subject, format('it is %s, and neither in 1C nor on its way there', a.state)
        AS sentence
    FROM applications AS a LEFT JOIN office_standings AS s ON s.application_id = a.id
    WHERE {one_of("a.kind", IN_ONEC)} AND {one_of("a.state", ACTIVE - UNCHECKED)}
      AND (a.onec_ref IS NULL OR a.onec_revision < a.revision)
      AND s.refused_revision IS DISTINCT FROM a.revision AND s.lost_at IS NULL
      AND NOT {has_operation("a.id", "LIKE 'transfers.%'")}
    ORDER BY a.id
"""  # noqa: S608 - constants
_OF_ITS_AGENT: Final = f"""
    SELECT o.id::text AS subject, 'it is accepted, and of an agent who is not the application''s, '
        'or not of its tenant' AS sentence
    FROM offers AS o JOIN applications AS a ON a.id = o.application_id
    LEFT JOIN agents AS g ON g.id = o.agent_id AND g.tenant = a.tenant
    WHERE {one_of("o.state", CHOSEN)} AND {one_of("a.kind", IN_ONEC)}
      AND (o.agent_id IS DISTINCT FROM a.agent_id OR g.id IS NULL)
    ORDER BY o.id
"""  # noqa: S608 - constants
_READ_ONLY: Final = f"""
    SELECT r.application_id::text AS subject,
        format('revision %s was written by %s after an offer had been accepted', r.revision, r.source)
        AS sentence
    FROM application_revisions AS r JOIN applications AS a ON a.id = r.application_id
    WHERE r.at > a.read_only_at AND r.source <> '{Role.ONEC}'
    UNION ALL
    SELECT r.application_id::text, format('revision %s was written by %s', r.revision, r.source)
    FROM application_revisions AS r
    WHERE r.revision > 1 AND NOT {one_of("r.source", _EDITORS)}
    UNION ALL
    SELECT a.id::text, 'what stands in it is not its last revision'
    FROM applications AS a WHERE a.erased_at IS NULL AND NOT EXISTS (
        SELECT FROM application_revisions AS r
        WHERE r.application_id = a.id AND r.revision = a.revision AND NOT EXISTS (
            SELECT FROM application_revisions AS l
            WHERE l.application_id = a.id AND l.revision > a.revision))
    ORDER BY 1
"""  # noqa: S608 - constants
_DOCUMENTS: Final = """
    SELECT d.id::text AS subject, 'its file is not kept' AS sentence
    FROM application_documents AS d JOIN applications AS a ON a.id = d.application_id
    WHERE d.file IS NULL AND a.erased_at IS NULL
    UNION ALL
    SELECT d.id::text, 'it is for the client, and was never sent to the chat'
    FROM application_documents AS d JOIN applications AS a ON a.id = d.application_id
    JOIN chats AS c ON c.id = a.chat_id AND c.state = 'present'
    WHERE d.origin = 'onec' AND d.is_for_client AND d.send_id IS NULL AND a.erased_at IS NULL
    ORDER BY 1
"""
_IN_TIME: Final = f"""
    SELECT a.id::text AS subject, 'it has a deadline' AS sentence
    FROM applications AS a WHERE {one_of("a.kind", _TIMELESS)} AND a.deadline IS NOT NULL
    UNION ALL
    SELECT o.id::text, 'it runs out'
    FROM offers AS o JOIN applications AS a ON a.id = o.application_id
    WHERE {one_of("a.kind", _TIMELESS)} AND o.state = 'expired'
    ORDER BY 1
"""  # noqa: S608 - constants
_CONTRACTS: Final = f"""
    SELECT a.id::text AS subject, format('it is %s, its contract %s', a.state,
        coalesce(c.state, 'not there')) AS sentence
    FROM applications AS a LEFT JOIN contracts AS c ON c.id = a.id
    WHERE {one_of("a.state", ACCEPTED)} <> (c.id IS NOT NULL AND c.state <> 'cancelled')
    ORDER BY a.id
"""  # noqa: S608 - constants
_MONEY: Final = f"""
    SELECT a.id::text AS subject, format('its money is %s, and no offer was ever accepted',
        a.payment_state) AS sentence
    FROM applications AS a
    WHERE a.payment_state <> '{PaymentState.NONE}' AND a.read_only_at IS NULL
      AND NOT {one_of("a.state", GIVEN_UP)} ORDER BY a.id
"""  # noqa: S608 - constants
_TOLD: Final = f"""
    SELECT a.id::text AS subject, format('it is %s, its money is %s, and its chat was not told',
        a.state, a.payment_state) AS sentence
    FROM applications AS a
    WHERE {one_of("a.state", GIVEN_UP)} AND a.chat_id IS NOT NULL AND a.payment_moved_at > a.finished_at AND a.erased_at IS NULL
      AND {one_of("a.payment_state", [PaymentState.FUNDS_RECEIVED, PaymentState.RETURNED])}
      AND NOT EXISTS (SELECT FROM chat_sends AS s
                      WHERE s.cause = format('money:%s:%s', a.id, a.payment_state))
    ORDER BY a.id
"""  # noqa: S608 - constants
_CHOSEN: Final = f"""
    SELECT a.id::text AS subject, format('it is %s, and has %s accepted offers', a.state, count(o.id))
        AS sentence
    FROM applications AS a
    LEFT JOIN offers AS o ON o.application_id = a.id AND {one_of("o.state", CHOSEN)}
    WHERE {one_of("a.state", ACCEPTED)} GROUP BY a.id HAVING count(o.id) <> 1
    UNION ALL
    SELECT a.id::text, format('it is %s, and an offer is accepted', a.state)
    FROM applications AS a JOIN offers AS o ON o.application_id = a.id
    WHERE {one_of("a.state", ACTIVE - ACCEPTED)} AND {one_of("o.state", CHOSEN)}
    ORDER BY 1
"""  # noqa: S608 - constants

_STATEMENTS: Final = (
    (
        "X2",
        "what counts is in 1C with its newest form, or on its way there, or refused in 1C's own words",
        f"applications WHERE {one_of('kind', IN_ONEC)} AND {one_of('state', ACTIVE - UNCHECKED)}",
        _FORGOTTEN,
    ),
    (
        "X3",
        "an offer that accepted itself is of the application's own agent",
        "offers",
        _OF_ITS_AGENT,
    ),
    (
        "X4",
        "nobody but 1C changes a form once an offer is accepted",
        "application_revisions",
        _READ_ONLY,
    ),
    (
        "X6",
        "a document is kept, and what 1C made for the client is sent to the chat",
        "application_documents",
        _DOCUMENTS,
    ),
    (
        "X8",
        "time does not count for what has no deadlines",
        f"applications WHERE {one_of('kind', _TIMELESS)}",
        _IN_TIME,
    ),
    ("X9", "an application and its contract live and end together", "applications", _CONTRACTS),
    ("X10", "an accepted application has one accepted offer", "applications", _CHOSEN),
    ("X11", "no money moves before an offer is accepted", "applications", _MONEY),
    (
        "X12",
        "money that moves when an application is over is told to its client",
        f"applications WHERE {one_of('state', GIVEN_UP)} AND payment_moved_at > finished_at",
        _TOLD,
    ),
)


_SAME: Final = ("X1", "an application has one document in 1C, the one that is noted here")


@dataclass(frozen=True, slots=True)
class _Known:
    """An application's document as it is noted here."""

    id: UUID
    provider: str
    ref: str
    revision: int
    is_given_up: bool
    is_wanted: bool
    is_under_way: bool
    told: int | None


async def check_transfers(runtime: Runtime, *, newest: int | None = None) -> list[Finding]:
    """Every invariant of transfers, in order, with what breaks it."""
    async with runtime.database.unit_of_work(actor="check") as work:
        findings = [await find_broken(work, *one) for one in _STATEMENTS]
        known = [_Known(**dict(row)) for row in await work.fetch(_AT_OFFICE, newest)]
    return [await _ask_office(runtime, known), *findings]


async def _ask_office(runtime: Runtime, known: list[_Known]) -> Finding:
    missing = [key for key in sorted({one.provider for one in known}) if runtime.missing(key)]
    if missing:
        return judge(*_SAME, [], f"{missing[0]} is not connected")
    return judge(*_SAME, await ask_about(known, partial(_ask, runtime)), None)


async def _ask(runtime: Runtime, one: _Known) -> Word:
    office = runtime.gateway(BackOffice, one.provider)
    found = await office.find_application(str(one.id), Attempt(one.id, f"check:{one.id}"))
    if not isinstance(found, Done):
        return Verdict.NOT_VERIFIED
    if found.value is None:
        # Its people may do away with what is over here.
        gone = Difference(str(one.id), "1C has no document of it")
        return gone if one.is_wanted else Verdict.KEPT
    if found.value.ref != one.ref:
        return Difference(str(one.id), "1C has another document of it")
    if found.value.accepted_revision < one.revision:
        return Difference(str(one.id), "1C has an older form of it")
    if one.is_given_up and not found.value.is_cancelled:
        return Difference(str(one.id), "1C has revived what is given up here")
    if one.is_under_way and found.value.is_cancelled:
        return Difference(str(one.id), "1C has given up what is under way here")
    is_behind = found.value.heard is not None and found.value.heard < (one.told or 0)
    if one.is_wanted and is_behind:
        return Difference(str(one.id), "1C has forgotten what it was told of it")
    return Verdict.KEPT


async def count_transfers(runtime: Runtime) -> dict[str, int]:
    """How many applications stand where."""
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            "SELECT state, count(*) AS n FROM applications GROUP BY 1 ORDER BY 1"
        )
    return {row["state"]: row["n"] for row in rows}
