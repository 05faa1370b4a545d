"""Read model of one number: what moved it and what was said about it, in one order.

Moves and exchanges are in the platform's time, so they sort by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.queries import ExchangeView
from tramita.kit.transitions import WHY, reason_of
from tramita.numbering.errors import NumberNotFound
from tramita.numbering.numbers.queries import NumberEventAnswer, NumberItem, to_item


@dataclass(frozen=True, slots=True)
class NumberOperation:
    """One outside act about a number, the hold it was reserved from, or its contract's line."""

    id: UUID
    kind: str
    state: str
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NumberExchange:
    """One request about the number and its answer, masked; ``at`` is the platform's time."""

    operation: NumberOperation
    at: datetime
    said: ExchangeView


@dataclass(frozen=True, slots=True)
class NumberStory:
    """One number, what moved it, and what was said about it; ``now`` is the platform's.

    ``timeline`` has the oldest first; on the same moment what was said comes first.
    ``left_out`` counts the exchanges that are older than the shown ones.
    """

    row: NumberItem
    origin: str
    contract_id: UUID | None
    created_at: datetime
    now: datetime
    operations: tuple[NumberOperation, ...]
    timeline: tuple[NumberEventAnswer | NumberExchange, ...]
    left_out: int


async def tell_number(
    work: UnitOfWork, number_id: UUID, *, exchanges: int, moves: int
) -> NumberStory:
    """One number with at most so many of the newest exchanges and moves, in four statements.

    Raises ``NumberNotFound``.
    """
    found = await work.fetch(
        "SELECT *, tramita_now() AS now FROM phone_number WHERE id = $1", number_id
    )
    if not found:
        raise NumberNotFound
    [row] = found
    moved = await work.fetch(
        f"SELECT from_state AS from_status, to_state AS to_status, trigger, actor, {WHY} AS cause, at FROM history "  # noqa: S608 - ours
        "WHERE subject = 'phone_number' AND subject_id = $1 ORDER BY id DESC LIMIT $2",
        number_id,
        moves,
    )
    about = [number_id, row["pre_reservation_id"], row["contract_id"]]
    acts = await _find_operations(work, [one for one in about if one is not None])
    operations = {one["id"]: _operation(one) for one in acts}
    said = await work.fetch(
        """
        SELECT operation_id, attempt, method, path, request, status, answer, error, outcome,
               started_at, milliseconds, count(*) OVER () AS total
        FROM exchanges WHERE operation_id = ANY($1::uuid[]) ORDER BY id DESC LIMIT $2
        """,
        list(operations),
        exchanges,
    )
    entries: list[NumberEventAnswer | NumberExchange] = [
        *(_exchange(one, operations) for one in reversed(said)),
        *(_event(work, one) for one in reversed(moved)),
    ]
    if len(moved) < moves:
        first = moved[-1]["from_status"] if moved else row["status"]
        # Its claim and the first sending share a moment; the claim is what came first.
        entries.insert(0, NumberEventAnswer("", first, "first_seen", "", None, row["created_at"]))
    return NumberStory(
        to_item(row),
        row["origin"],
        row["contract_id"],
        row["created_at"],
        row["now"],
        tuple(operations.values()),
        tuple(sorted(entries, key=lambda one: one.at)),
        said[0]["total"] - len(said) if said else 0,
    )


def _event(work: UnitOfWork, row: asyncpg.Record) -> NumberEventAnswer:
    return NumberEventAnswer(**{**dict(row), "cause": reason_of(work.keys, row["cause"])})


async def _find_operations(work: UnitOfWork, subjects: Sequence[UUID]) -> Sequence[asyncpg.Record]:
    return await work.fetch(
        """
        SELECT o.id, o.kind, o.state, o.reason, o.created_at
        FROM operations AS o WHERE o.subject_id = ANY($1::uuid[]) AND o.kind LIKE 'numbering.%'
        ORDER BY o.id
        """,
        list(subjects),
    )


def _operation(row: asyncpg.Record) -> NumberOperation:
    return NumberOperation(row["id"], row["kind"], row["state"], row["reason"], row["created_at"])


def _exchange(row: asyncpg.Record, operations: dict[UUID, NumberOperation]) -> NumberExchange:
    names = ExchangeView.__struct_fields__
    view = msgspec.convert({name: row[name] for name in names}, ExchangeView)
    return NumberExchange(operations[row["operation_id"]], row["started_at"], view)
