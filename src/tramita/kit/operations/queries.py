"""Read models of operations: the list an operator works from, and one in full."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tramita.kit.bounds import within
from tramita.kit.database.conditions import only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.operations.standing import in_states
from tramita.kit.transitions import WHY, reason_of


class OperationNotFound(NotFoundError):
    """There is no operation {id}."""


class ExchangeView(msgspec.Struct):
    """One request to a provider and what came back, masked."""

    attempt: int
    method: str
    path: str
    request: str
    status: int | None
    answer: str
    error: str | None
    outcome: str
    started_at: datetime
    milliseconds: int


class OperationSubject(msgspec.Struct):
    """An operation, as far as it is about something."""

    id: UUID
    kind: str
    subject_id: UUID


class OperationView(msgspec.Struct):
    """One outside act as an operator sees it."""

    id: UUID
    kind: str
    provider: str
    subject_id: UUID
    state: str
    attempts: int
    reason: str | None
    reference: str | None
    created_at: datetime
    sent_at: datetime | None
    due_at: datetime
    settled_at: datetime | None


_COLUMNS = (
    "id, kind, provider, subject_id, state, attempts, reason, reference, created_at, sent_at, "
    # Until when something waits is kept in the database's own time, which leases run on.
    "due_at + (tramita_now() - now()) AS due_at, settled_at"
)


async def list_operations(
    work: UnitOfWork,
    *,
    state: str | None,
    after: UUID | None,
    limit: int,
    subject: UUID | None = None,
) -> list[OperationView]:
    """Operations in order of age, those after ``after``; at most ``limit``."""
    asked = {"o.id >": after, "o.subject_id =": subject}
    where, values = only_given(work.bounds.asked("o"), asked, first=2)
    standing = "true" if state is None else in_states("o", OperationState(state))
    return await work.read(
        OperationView,
        f"SELECT {_COLUMNS} FROM operations AS o WHERE {where} AND {standing} "  # noqa: S608 - constants
        "ORDER BY id LIMIT $1",
        limit,
        *values,
    )


async def find_subjects(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, OperationSubject]:
    """What these operations are about, by their ids."""
    rows = await work.read(
        OperationSubject,
        "SELECT id, kind, subject_id FROM operations WHERE id = ANY($1::uuid[])",
        list(ids),
    )
    return {one.id: one for one in rows}


async def get_operation(
    work: UnitOfWork, operation_id: UUID
) -> tuple[OperationView, list[ExchangeView]]:
    """One operation with everything that was said for it; raises ``OperationNotFound``."""
    found = await work.read(
        OperationView,
        f"SELECT {_COLUMNS} FROM operations AS o WHERE id = $1 AND {within('o', 2)}",  # noqa: S608 - constants
        operation_id,
        *work.bounds.limits,
    )
    if not found:
        raise OperationNotFound(id=operation_id)
    said = await work.read(
        ExchangeView,
        "SELECT attempt, method, path, request, status, answer, error, outcome, started_at, "
        "milliseconds FROM exchanges WHERE operation_id = $1 ORDER BY id",
        operation_id,
    )
    return found[0], said


class OperationLine(OperationView):
    """An operation in a list; ``since`` is when it came into its state, in platform time.

    ``trigger`` and ``actor`` are what brought it there and who; ``None`` where nothing has yet.
    """

    since: datetime
    trigger: str | None
    actor: str | None


class OperationMove(msgspec.Struct):
    """One line of an operation's history, in platform time."""

    from_state: str
    to_state: str
    trigger: str
    actor: str
    cause: str | None
    at: datetime


class OperationStory(msgspec.Struct):
    """An operation with the newest of what was said and what moved it, newest first.

    ``asked`` is how often the provider was asked what became of it. ``exchange_count`` counts all exchanges; ``now`` is the platform's time and
    ``next_look_in`` the span until the next attempt or question, if one is due later.
    """

    operation: OperationLine
    exchanges: list[ExchangeView]
    exchange_count: int
    history: list[OperationMove]
    now: datetime
    next_look_in: timedelta | None
    asked: int


_LOOKED_AT_AGAIN = frozenset(
    {OperationState.NOT_SENT, OperationState.PENDING, OperationState.UNKNOWN}
)
_WITH_SINCE = """
    SELECT page.*, coalesce(moved.at, page.created_at) AS since, moved.trigger, moved.actor
    FROM page LEFT JOIN LATERAL (
        SELECT at, trigger, actor FROM history WHERE subject_id = page.id AND subject = 'operations'
        ORDER BY id DESC LIMIT 1
    ) AS moved ON true
"""


async def find_operations(
    work: UnitOfWork,
    *,
    states: Collection[OperationState],
    kind: str | None,
    after: UUID | None,
    limit: int,
    newest_first: bool = False,
) -> list[OperationLine]:
    """Operations in one of ``states``, those beyond ``after``, by age.

    Each state is looked through by itself: what is rare is not looked for among what is not.
    """
    beyond, order = ("<", "DESC") if newest_first else (">", "ASC")
    where, values = only_given({"o.kind": kind}, {f"o.id {beyond}": after}, first=2)
    each = " UNION ALL ".join(
        f"(SELECT {_COLUMNS} FROM operations AS o WHERE {where} AND {in_states('o', state)} "  # noqa: S608 - constants
        f"ORDER BY id {order} LIMIT $1)"
        for state in sorted(states)
    )
    return await work.read(
        OperationLine,
        f"""
        WITH page AS (SELECT * FROM ({each}) AS found ORDER BY id {order} LIMIT $1)
        {_WITH_SINCE} ORDER BY page.id {order}
        """,  # noqa: S608 - every piece is a constant
        limit,
        *values,
    )


async def count_live_operations(
    work: UnitOfWork, *, kind: str | None
) -> tuple[Counter[str], list[str]]:
    """How many operations that are not finished stand in each state; and the kinds there are.

    The cost does not grow with what is finished.
    """
    rows = await work.fetch(
        f"""
        WITH RECURSIVE kinds AS (
            (SELECT kind FROM operations ORDER BY kind LIMIT 1)
            UNION ALL
            SELECT (SELECT kind FROM operations WHERE kind > k.kind ORDER BY kind LIMIT 1)
            FROM kinds AS k WHERE k.kind IS NOT NULL
        ), live AS (
            SELECT state, kind, count(*) AS number FROM operations AS o
            WHERE {in_states("o", *LIVE)} GROUP BY state, kind
        )
        SELECT state, kind, number FROM live
        UNION ALL SELECT '', kind, 0 FROM kinds WHERE kind IS NOT NULL
        """  # noqa: S608 - the states are constants
    )
    counts: Counter[str] = Counter()
    for row in rows:
        if row["number"] and kind in (None, row["kind"]):
            counts[row["state"]] += row["number"]
    return counts, sorted({row["kind"] for row in rows})


async def tell_operation(
    work: UnitOfWork, operation_id: UUID, *, exchanges: int, moves: int
) -> OperationStory:
    """One operation with at most so many exchanges and moves; raises ``OperationNotFound``."""
    found = await work.fetch(
        f"""
        WITH page AS (SELECT {_COLUMNS} FROM operations WHERE id = $1)
        SELECT story.*, tramita_now() AS now, due_at - tramita_now() AS due_in,
               (SELECT asked FROM operations WHERE id = $1) AS asked,
               (SELECT count(*) FROM exchanges WHERE operation_id = $1) AS exchange_count
        FROM ({_WITH_SINCE}) AS story
        """,  # noqa: S608 - every piece is a constant
        operation_id,
    )
    if not found:
        raise OperationNotFound(id=operation_id)
    row = dict(found[0])
    said = await work.read(
        ExchangeView,
        "SELECT attempt, method, path, request, status, answer, error, outcome, started_at, "
        "milliseconds FROM exchanges WHERE operation_id = $1 ORDER BY id DESC LIMIT $2",
        operation_id,
        exchanges,
    )
    moved = await work.read(
        OperationMove,
        f"SELECT from_state, to_state, trigger, actor, {WHY} AS cause, at FROM history "  # noqa: S608 - ours
        "WHERE subject_id = $1 AND subject = 'operations' ORDER BY id DESC LIMIT $2",
        operation_id,
        moves,
    )
    for one in moved:
        one.cause = reason_of(work.keys, one.cause)
    due_in: timedelta = row["due_in"]
    waits = row["state"] in _LOOKED_AT_AGAIN and due_in > timedelta(0)
    return OperationStory(
        operation=msgspec.convert(row, OperationLine),
        exchanges=said,
        exchange_count=row["exchange_count"],
        history=moved,
        now=row["now"],
        next_look_in=due_in if waits else None,
        asked=row["asked"],
    )
