"""Read models of operations: the list an operator works from, and one in full."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.bounds import within
from tramita.kit.database.conditions import only_given
from tramita.kit.database.places import every_place
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.places import (
    ALIKE,
    EARLIEST,
    LATEST,
    LIE_ALIKE,
    OperationPlace,
    OperationsAsked,
    columns_of,
    find_operation_places,
    first_alike,
    first_of,
)
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
    "o.id, kind, provider, subject_id, state, attempts, reason, reference, created_at, sent_at, "
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
    if state is not None and subject is None:
        return await _list_in_state(work, OperationState(state), after=after, limit=limit)
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


async def _list_in_state(
    work: UnitOfWork, state: OperationState, *, after: UUID | None, limit: int
) -> list[OperationView]:
    """Those of all places in this state."""
    places = OperationsAsked({state}).among(await find_operation_places(work))
    where, _ = only_given(work.bounds.asked("o"), {})
    page = first_of(where, limit, low="$4::uuid")
    return await work.read(
        OperationView,
        f"SELECT {_COLUMNS} FROM {page} ORDER BY o.id",  # noqa: S608 - constants
        *columns_of(places),
        after or EARLIEST,
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
    ``alike`` is the key of those that need a person, or were refused, for the same reason, if it is one of them.
    """

    since: datetime
    trigger: str | None
    actor: str | None
    alike: str | None


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
_LINE: Final = f"{_COLUMNS}, CASE WHEN {in_states('o', *LIE_ALIKE)} THEN {ALIKE} END AS alike"
_WITH_SINCE = """
    SELECT page.*, coalesce(moved.at, page.created_at) AS since, moved.trigger, moved.actor
    FROM page LEFT JOIN LATERAL (
        SELECT at, trigger, actor FROM history WHERE subject_id = page.id AND subject = 'operations'
        ORDER BY id DESC LIMIT 1
    ) AS moved ON true
"""


async def find_operations(
    work: UnitOfWork,
    asked: OperationsAsked,
    places: Collection[OperationPlace],
    *,
    after: UUID | None,
    limit: int,
    newest_first: bool = False,
) -> list[OperationLine]:
    """Operations of these places, those beyond ``after``, by age; at most ``limit``.

    Those that are alike are of one state, and of one place.
    """
    values: list[object] = [*columns_of(places)]
    first: Callable[..., str] = first_of
    if asked.alike is not None:
        [state] = asked.states
        if not asked.among(await _find_place_alike(work, asked.alike, state)):
            return []
        values, first = [asked.alike], partial(first_alike, state)
    values.append(after or (LATEST if newest_first else EARLIEST))
    beyond = f"${len(values)}::uuid"
    condition, ends = asked.within(values)
    low, high = (None, f"least({beyond}, {ends})") if newest_first else (beyond, ends)
    page = first(condition, limit, low=low, high=high, newest=newest_first)
    return await work.read(
        OperationLine,
        f"""
        WITH page AS (SELECT {_LINE} FROM {page})
        {_WITH_SINCE} ORDER BY page.id {"DESC" if newest_first else "ASC"}
        """,  # noqa: S608 - every piece is a constant
        *values,
    )


async def _find_place_alike(
    work: UnitOfWork, alike: str, state: OperationState
) -> list[OperationPlace]:
    return await work.read(
        OperationPlace,
        f"SELECT state, kind, provider FROM {first_alike(state, 'true', 1)}",  # noqa: S608 - ours
        alike,
    )


class Reason(msgspec.Struct, frozen=True):
    """Why operations of a kind and a provider were refused: one of their reasons, and what all are alike by."""

    kind: str
    provider: str
    alike: str
    reason: str | None


_REASONS: Final = every_place(
    "operations AS o",
    {"alike": ALIKE},
    ("kind", "provider", "reason"),
    among=in_states("o", OperationState.REFUSED),
)


async def find_reasons(work: UnitOfWork, *, most: int) -> list[Reason]:
    """Why operations were refused, ``most`` reasons at most, by kind and provider."""
    found = await work.read(Reason, f"SELECT * FROM ({_REASONS}) AS reasons LIMIT $1", most)  # noqa: S608 - ours
    return sorted(found, key=lambda one: (one.kind, one.provider, one.reason or ""))


async def tell_operation(
    work: UnitOfWork, operation_id: UUID, *, exchanges: int, moves: int
) -> OperationStory:
    """One operation with at most so many exchanges and moves; raises ``OperationNotFound``."""
    found = await work.fetch(
        f"""
        WITH page AS (SELECT {_LINE} FROM operations AS o WHERE id = $1)
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
