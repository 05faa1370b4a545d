"""Asking the ledger: which operations there are about something, and where each stands.

Nobody else writes an operation's state in SQL. What must be one statement with others takes
its part from here as text.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Self
from uuid import UUID

import asyncpg

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.ledger import Kind
from tramita.kit.operations.lifecycle import LIVE, OperationState

_COLUMNS = "id, kind, provider, subject_id, state, attempts, reference"


class Standing(NamedTuple):
    """An operation and where it stands; ``reference`` is the provider's word for it."""

    id: UUID
    kind: str
    provider: str
    subject_id: UUID
    state: OperationState
    attempts: int
    reference: str | None

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """As its row says."""
        values = dict(row)
        return cls(**values | {"state": OperationState(values["state"])})


def in_states(row: str, *states: OperationState) -> str:
    """SQL: whether ``row``, a name of ``operations`` in the statement, is in one of ``states``."""
    return one_of(f"{row}.state", states)


def has_operation(subject: str, kind: str, states: Collection[OperationState] = LIVE) -> str:
    """SQL: whether ``subject`` has an operation in one of ``states``.

    ``kind`` is a condition on what kinds count, such as ``= $2``.
    """
    return (
        f"EXISTS (SELECT FROM operations AS held WHERE held.subject_id = {subject} "
        f"AND held.kind {kind} AND {in_states('held', *states)})"
    )


async def live(
    work: UnitOfWork, subjects: Sequence[UUID], kinds: Sequence[Kind], *, lock: bool = False
) -> list[Standing]:
    """The subjects' operations that have not ended, at most one of a kind, in order of id."""
    rows = await work.fetch(
        f"""
        SELECT {_COLUMNS} FROM operations AS o
        WHERE subject_id = ANY($1::uuid[]) AND kind = ANY($2::text[]) AND {in_states("o", *LIVE)}
        ORDER BY id {"FOR UPDATE" if lock else ""}
        """,  # noqa: S608 - constants
        list(subjects),
        [kind.name for kind in kinds],
    )
    return [Standing.of(row) for row in rows]


async def last(
    work: UnitOfWork, subject: UUID, kind: Kind, *, lock: bool = False
) -> Standing | None:
    """The subject's newest operation of a kind, ended or not."""
    rows = await work.fetch(
        f"SELECT {_COLUMNS} FROM operations WHERE subject_id = $1 AND kind = $2 "  # noqa: S608 - constants
        f"ORDER BY id DESC LIMIT 1 {'FOR UPDATE' if lock else ''}",
        subject,
        kind.name,
    )
    return Standing.of(rows[0]) if rows else None


async def of_key(work: UnitOfWork, key: str) -> Standing | None:
    """The operation of this key."""
    rows = await work.fetch(f"SELECT {_COLUMNS} FROM operations WHERE key = $1", key)  # noqa: S608 - constants
    return Standing.of(rows[0]) if rows else None
