"""Moving rows along a life cycle: one compare-and-set statement, with history.

``Stateful`` ties a life cycle to the table and column that hold its state. A move
changes the rows whose state takes the trigger, writes a history row for each, and
returns what moved; all in one statement.

Several are locked before, in order of id, by a statement of its own, as ``lock_rows`` tells why.

What a person gives as their reason is theirs, and may name a client: it is kept encrypted, beside
the causes that we and providers give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record
from tramita.kit.database.rows import MOVED, typed_columns
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.encryption.types import EncryptedText
from tramita.kit.lifecycle import Lifecycle, TransitionNotAllowed

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


NOTE: Final = "history.note"
"""As a person's own words are encrypted."""
WHY: Final = "coalesce(note, cause)"
"""Why something moved, in SQL; ``reason_of`` reads it."""


def reason_of(keys: Keyring, why: str | None) -> str | None:
    """Why something moved, as ``WHY`` has it, for a reader."""
    return None if why is None else keys.decrypt(why, NOTE)


class History(Record):
    """One transition of one thing; never changed, never deleted.

    ``cause`` is ours or a provider's, ``note`` what a person said of it.
    """

    __tablename__ = "history"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    subject: Mapped[str]
    subject_id: Mapped[UUID] = mapped_column(index=True)
    from_state: Mapped[str]
    to_state: Mapped[str]
    trigger: Mapped[str]
    actor: Mapped[str]
    cause: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(EncryptedText(NOTE))
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Move:
    """What one row did."""

    id: UUID
    source: str
    target: str


@dataclass(frozen=True)
class Stateful(Generic[S, T]):
    """A life cycle and where its state is stored.

    ``derived`` are further columns that follow the state, each by a total table. ``is_explained``:
    the cause of a move may be a person's own words, and is kept as such.
    Table and column names come from our own code, never from a request.
    """

    lifecycle: Lifecycle[S, T]
    table: str
    column: str = "state"
    derived: Mapping[str, Mapping[S, str]] = field(default_factory=dict)
    is_explained: bool = False

    def __post_init__(self) -> None:
        """Let nobody write these columns in another way."""
        MOVED.update((self.table, column) for column in (self.column, *self.derived))

    async def move(
        self,
        work: UnitOfWork,
        ids: Sequence[UUID],
        trigger: T,
        *,
        cause: str | None = None,
        values: Mapping[str, object] | None = None,
    ) -> dict[UUID, Move]:
        """Move every row that takes ``trigger``; the others stay and are not returned.

        ``values`` are written to further columns of those that move, the same to each.
        """
        given = values or {}
        columns = await typed_columns(work, self.table, tuple(given)) if given else []
        targets = self.lifecycle.targets(trigger)
        sources = [state.value for state in targets]
        note, cause = (cause or work.note, None) if self.is_explained else (work.note, cause)
        arguments = (
            sources,
            [state.value for state in targets.values()],
            trigger.value,
            work.actor,
            cause or work.cause,
            note and work.keys.encrypt(note, NOTE),
            *([names[target] for target in targets.values()] for names in self.derived.values()),
            *given.values(),
        )
        statement = self._statement(columns)
        rows: Sequence[asyncpg.Record] = []
        if len(ids) == 1:
            rows = await work.fetch(statement, list(ids), *arguments)
        # While we waited for whoever had it, one may have come to another state that takes this.
        if not rows and (len(ids) > 1 or len(targets) > 1):
            locked = await self._lock(work, ids, sources)
            rows = await work.fetch(statement, locked, *arguments) if locked else []
        return {row["id"]: Move(row["id"], row["source"], row["target"]) for row in rows}

    async def move_one(
        self,
        work: UnitOfWork,
        identifier: UUID,
        trigger: T,
        *,
        cause: str | None = None,
        values: Mapping[str, object] | None = None,
    ) -> Move:
        """Move one row; raises ``TransitionNotAllowed`` naming the state it is in."""
        moved = await self.move(work, [identifier], trigger, cause=cause, values=values)
        if identifier in moved:
            return moved[identifier]
        rows = await work.fetch(
            f"SELECT {self.column} AS state FROM {self.table} WHERE id = $1",  # noqa: S608 - names are ours
            identifier,
        )
        state = rows[0]["state"] if rows else "missing"
        raise TransitionNotAllowed(subject=self.lifecycle.name, state=state, trigger=trigger.value)

    def history(self, moved: str, source: S, trigger: T, *, cause: str = "NULL") -> str:
        """What writes the history of ``moved``, rows of a larger statement, on behalf of ``:actor``."""
        target = self.lifecycle.next(source, trigger)
        return f"""
            INSERT INTO history
                (subject, subject_id, from_state, to_state, trigger, actor, cause, at)
            SELECT '{self.table}', id, '{source}', '{target}', '{trigger}', :actor, {cause},
                   (SELECT tramita_now())
            FROM {moved}
        """  # noqa: S608 - all of it is ours

    async def _lock(
        self, work: UnitOfWork, ids: Sequence[UUID], states: Sequence[str]
    ) -> list[UUID]:
        """Have rows that are in one of these states stay there; answers which."""
        rows = await work.fetch(
            f"SELECT id FROM {self.table} WHERE id = ANY($1::uuid[]) "  # noqa: S608 - names are ours
            f"AND {self.column} = ANY($2::text[]) ORDER BY id FOR NO KEY UPDATE",
            list(ids),
            states,
        )
        return [row["id"] for row in rows]

    def _statement(self, further: Sequence[tuple[str, str]] = ()) -> str:
        extra = [f"${8 + n}::text[]" for n in range(len(self.derived))]
        names = [f"d{n}" for n in range(len(self.derived))]
        assignments = "".join(
            f", {column} = m.{name}" for column, name in zip(self.derived, names, strict=True)
        ) + "".join(
            f", {column} = ${n}::{type_}"
            for n, (column, type_) in enumerate(further, start=8 + len(self.derived))
        )
        arrows = ", ".join(["$2::text[]", "$3::text[]", *extra])
        columns = ", ".join(["source", "target", *names])
        return f"""
            WITH moved AS (
                UPDATE {self.table} AS t SET {self.column} = m.target{assignments}
                FROM unnest({arrows}) AS m({columns})
                WHERE t.id = ANY($1::uuid[]) AND t.{self.column} = m.source
                RETURNING t.id, m.source, m.target
            ), kept AS (
                INSERT INTO history
                    (subject, subject_id, from_state, to_state, trigger, actor, cause, note, at)
                SELECT '{self.table}', id, source, target, $4, $5, $6, $7, (SELECT tramita_now())
                FROM moved
            )
            SELECT id, source, target FROM moved
        """  # noqa: S608 - table and column names are ours
