"""Erasures: asked for once by somebody, refused while anything is under way, and on record.

The record says who had whom erased and when, by ids of rows that name nobody any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

import asyncpg

from tramita.kit.bounds import within
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import DOCUMENT
from tramita.kit.errors import ConflictError, MalformedError, NotFoundError
from tramita.kit.identifiers import new_id
from tramita.kit.people.groups import Groups, find_groups, find_open
from tramita.kit.people.inventory import People
from tramita.kit.people.lifecycle import ERASURE, ErasureState, ErasureTrigger
from tramita.kit.transitions import Stateful

JOB: Final = "people.erase"
ERASURES: Final = Stateful(ERASURE, "erasures")
# What is said of a person who cannot be erased is to be read.
_MOST_NAMED: Final = 20
# What comes in late is looked for this long, after pauses that grow with the time since.
_WATCHED_FOR: Final = timedelta(days=30)
_SHORTEST_PAUSE: Final = timedelta(minutes=5)
_LONGEST_PAUSE: Final = timedelta(hours=1)


class PersonNotFound(NotFoundError):
    """Nothing is held here of such a person."""


class DocumentNotUnderstood(MalformedError):
    """This is neither an id nor a document: CPF, CNPJ, INN or passport."""


class PersonUnderWay(ConflictError):
    """This person cannot be erased yet: {what}."""

    def __init__(self, what: Sequence[str], more: int) -> None:
        """Name what is open, and say how much more is."""
        self.open, self.more = what, more
        super().__init__(what="; ".join([*what, *([f"and {more} more"] if more else [])]))


class ErasureNotFound(NotFoundError):
    """There is no erasure {id}."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as one tenant knows them: by a document's hash, or by the id of one of their rows."""

    tenant: str
    kind: str | None
    hash: bytes | None
    root: UUID | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure; ``kept`` are ``{"thing", "law", "until"}``, of which nothing is ``erased``."""

    id: UUID
    tenant: str
    roots: Sequence[UUID]
    state: ErasureState
    requested_by: str
    requested_at: datetime
    ended_at: datetime | None
    kept: Sequence[dict[str, Any]]
    inbox_seen: UUID

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """From its row."""
        fields = {name: row[name] for name in cls.__slots__} | {"state": ErasureState(row["state"])}
        return cls(**fields)


async def identify(work: UnitOfWork, people: People, said: str, *, tenant: str) -> Person:
    """Who is meant: a customer or envelope, or a document as ``tenant`` knows its people.

    Raises ``PersonNotFound`` and ``DocumentNotUnderstood``.
    """
    try:
        root = UUID(said)
    except ValueError:
        document = people.read_document(said) if people.read_document else None
        if document is None:
            raise DocumentNotUnderstood from None
        return Person(tenant, document.kind, work.keys.hash(DOCUMENT, document.number))
    for statement in people.identify:
        for row in await work.fetch(statement, root, *work.bounds.limits):
            return Person(row["tenant"], row["kind"], row["hash"], row["id"])
    raise PersonNotFound


async def find_roots(work: UnitOfWork, people: People, person: Person) -> list[UUID]:
    """What the person is found by, within the caller's bounds; raises ``PersonNotFound``."""
    found: set[UUID] = set()
    for root in people.roots:
        rows = await work.fetch(
            root.statement,
            person.tenant,
            *work.bounds.limits,
            person.kind,
            person.hash,
            person.root,
        )
        found.update(row["id"] for row in rows)
    if not found:
        raise PersonNotFound
    return sorted(found)


async def request_erasure(work: UnitOfWork, people: People, person: Person) -> Erasure:
    """Have a person erased; asked for again it is the same erasure.

    From here on nothing more can be done with their rows. Raises ``PersonNotFound`` and
    ``PersonUnderWay``; then nothing has changed.
    """
    roots = await find_roots(work, people, person)
    fresh = await lock_fresh(work, people, roots)
    if not fresh:
        return await _find_of(work, roots)
    await find_erasable(work, people, fresh)
    for root in people.roots:
        await work.fetch(
            f"UPDATE {root.table} SET erased_at = tramita_now() WHERE id = ANY($1::uuid[])",  # noqa: S608 - ours
            fresh,
        )
    return await _insert(work, person.tenant, fresh)


async def find_erasable(work: UnitOfWork, people: People, roots: Sequence[UUID]) -> Groups:
    """All things of a person who can be erased now; raises ``PersonUnderWay``."""
    groups = await find_groups(work, people, roots)
    what = await find_open(work, people, groups)
    if what:
        raise PersonUnderWay(what[:_MOST_NAMED], len(what[_MOST_NAMED:]))
    return groups


async def lock_fresh(work: UnitOfWork, people: People, roots: Sequence[UUID]) -> list[UUID]:
    """Lock the roots; answers those that are not being erased yet.

    Whoever makes a contract for one of them waits, and finds it erased.
    """
    fresh = []
    for root in people.roots:
        rows = await work.fetch(
            f"SELECT id, erased_at FROM {root.table} WHERE id = ANY($1::uuid[]) "  # noqa: S608 - ours
            "ORDER BY id FOR UPDATE",
            list(roots),
        )
        fresh += [row["id"] for row in rows if row["erased_at"] is None]
    return sorted(fresh)


async def _insert(work: UnitOfWork, tenant: str, roots: Sequence[UUID]) -> Erasure:
    rows = await work.fetch(
        """
        WITH made AS (
            INSERT INTO erasures (id, tenant, carrier, roots, state, requested_by, requested_at,
                                  look_at, watched_until, inbox_seen)
            VALUES ($1, $2, $3, $4::uuid[], $5, $6, tramita_now(), tramita_now(),
                    tramita_now() + $7::interval, $8)
            RETURNING *
        ), kept AS (
            INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, cause, at)
            SELECT 'erasures', id, '', state, 'request', requested_by, $9, requested_at FROM made
        )
        SELECT * FROM made
        """,
        new_id(),
        tenant,
        work.bounds.carrier,
        list(roots),
        ERASURE.initial.value,
        work.actor,
        _WATCHED_FOR,
        # Ids are in the order of time: no message can be about what was not there yet.
        min(roots),
        work.cause,
    )
    work.enqueue(JOB, erasure_id=rows[0]["id"])
    return Erasure.of(rows[0])


async def _find_of(work: UnitOfWork, roots: Sequence[UUID]) -> Erasure:
    rows = await work.fetch(
        "SELECT * FROM erasures WHERE roots && $1::uuid[] ORDER BY id DESC LIMIT 1", list(roots)
    )
    return Erasure.of(rows[0])


async def get_erasure(work: UnitOfWork, erasure_id: UUID) -> Erasure:
    """An erasure within the caller's bounds; raises ``ErasureNotFound``."""
    rows = await work.fetch(
        f"SELECT * FROM erasures AS e WHERE id = $1 AND {within('e', 2)}",  # noqa: S608 - ours
        erasure_id,
        *work.bounds.limits,
    )
    if not rows:
        raise ErasureNotFound(id=erasure_id)
    return Erasure.of(rows[0])


async def list_erasures(work: UnitOfWork, *, before: UUID | None, limit: int) -> list[Erasure]:
    """Erasures within the caller's bounds, newest first; one more than ``limit`` if there are."""
    rows = await work.fetch(
        f"SELECT * FROM erasures AS e WHERE ($1::uuid IS NULL OR id < $1) AND {within('e', 3)} "  # noqa: S608 - ours
        "ORDER BY id DESC LIMIT $2",
        before,
        limit + 1,
        *work.bounds.limits,
    )
    return [Erasure.of(row) for row in rows]


async def enqueue_due(work: UnitOfWork) -> int:
    """Go on with what was kept until now, and with what lost its job; answers how many."""
    due = await work.fetch(
        "SELECT id FROM erasures WHERE state = 'kept' AND keeps_until <= tramita_now() "
        "ORDER BY id LIMIT 100"
    )
    await ERASURES.move(work, [row["id"] for row in due], ErasureTrigger.GO_ON)
    rows = await work.fetch("SELECT id FROM erasures WHERE state = 'erasing' ORDER BY id LIMIT 100")
    _enqueue(work, [row["id"] for row in rows])
    return len(rows)


async def enqueue_watched(work: UnitOfWork, *, limit: int) -> None:
    """Look again after those that have ended, where it is time, and once more after a pause."""
    rows = await work.fetch(
        """
        WITH due AS (
            SELECT id FROM erasures WHERE look_at <= tramita_now()
              AND watched_until > tramita_now() AND state <> $1
            ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE erasures AS e SET look_at = tramita_now()
            + least(greatest((tramita_now() - requested_at) / 4, $3::interval), $4::interval)
        FROM due WHERE e.id = due.id RETURNING e.id
        """,
        ErasureState.ERASING.value,
        limit,
        _SHORTEST_PAUSE,
        _LONGEST_PAUSE,
    )
    _enqueue(work, [row["id"] for row in rows])


def _enqueue(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    for id_ in ids:
        work.enqueue(JOB, key=f"{JOB}:{id_}", is_sweep=True, erasure_id=id_)
