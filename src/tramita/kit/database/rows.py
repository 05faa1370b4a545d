"""Many rows in one statement, locked before in the order in which everybody locks them.

Table and column names come from our own code, never from a request.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec.json import encode

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.encryption.types import ENCRYPTED


class DifferentColumns(ValueError):
    """Rows of one table are to be written that do not name the same columns."""


class FollowsLifecycle(ValueError):
    """A column is to be written that moves along a life cycle."""


# Tables' columns of that kind; ``Stateful`` names them.
MOVED: Final[set[tuple[str, str]]] = set()


async def lock_rows(
    work: UnitOfWork, table: str, ids: Collection[UUID], *columns: str
) -> Sequence[asyncpg.Record]:
    """Have rows stay as they are until the unit of work ends; answers ``columns`` of them.

    In order of id. Rows that refer to them may still come. It is no part of the statement that changes
    them: that would look for a row where it was before it waited, with the lock on where it is now, and
    while somebody's foreign key holds the former, two of them can wait for each other.
    """
    return await work.fetch(
        f"SELECT {', '.join(columns)} FROM {table} WHERE id = ANY($1::uuid[]) "  # noqa: S608 - names are ours
        "ORDER BY id FOR NO KEY UPDATE",
        list(ids),
    )


async def update_rows(
    work: UnitOfWork,
    table: str,
    rows: Mapping[UUID, Mapping[str, object]],
    *,
    only: str = "true",
    are_locked: bool = False,
) -> None:
    """Write columns of rows, by their ids, in one statement; several are locked before.

    All name the same columns. What goes into ``jsonb`` is given as structures, what is encrypted
    as it is without. ``only`` is a
    condition on ``t``, the row as it is. ``are_locked``: the caller has them in hand, so that
    nobody can meet us in another order. A state is none of them: it moves along its life cycle.
    """
    if not rows:
        return
    columns = tuple(next(iter(rows.values())))
    if any(tuple(values) != columns for values in rows.values()):
        raise DifferentColumns(table)
    typed = await typed_columns(work, table, columns)
    written = [
        [
            _encoded(work.keys, f"{table}.{column}", type_, values[column])
            for values in rows.values()
        ]
        for column, type_ in typed
    ]
    if not are_locked and len(rows) > 1:
        await lock_rows(work, table, rows)
    await work.fetch(_statement(table, typed, only), list(rows), *written)


async def typed_columns(
    work: UnitOfWork, table: str, columns: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Columns that are to be written, each with its type; raises ``FollowsLifecycle``."""
    for column in columns:
        if (table, column) in MOVED:
            raise FollowsLifecycle(f"{table}.{column}")
    return tuple(zip(columns, await types_of(work, table, columns), strict=True))


# By table and columns; a type changes with a migration, and so with a new process.
_TYPES: Final[dict[tuple[str, tuple[str, ...]], tuple[str, ...]]] = {}


async def types_of(work: UnitOfWork, table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns' types, as the database has them; asked for once by each process."""
    known = _TYPES.get((table, columns))
    if known is None:
        query = f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - names are ours
        described = (await work.connection.prepare(query)).get_attributes()
        known = _TYPES[table, columns] = tuple(one.type.name for one in described)
    return known


def _encoded(keys: Keyring, place: str, type_: str, value: Any) -> object:
    if value is None:
        return None
    is_encrypted = place in ENCRYPTED
    if type_ == "jsonb":
        return keys.encrypt_json(value, place) if is_encrypted else encode(value).decode()
    return keys.encrypt(value, place) if is_encrypted else value


@cache
def _statement(table: str, columns: tuple[tuple[str, str], ...], only: str) -> str:
    names = ", ".join(("id", *(column for column, _ in columns)))
    arrays = ", ".join(f"${n}::{type_}[]" for n, (_, type_) in enumerate(columns, start=2))
    assigned = ", ".join(f"{column} = n.{column}" for column, _ in columns)
    return f"""
        UPDATE {table} AS t SET {assigned} FROM unnest($1::uuid[], {arrays}) AS n({names})
        WHERE t.id = n.id AND {only}
    """  # noqa: S608 - names are ours
