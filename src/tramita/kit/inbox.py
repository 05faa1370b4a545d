"""The inbox: whatever a vendor posts to us, kept before it is understood.

A message is verified, stored raw under its vendor id (or the hash of its content)
and answered 2xx; a job then translates and delivers it. Idempotent. The effect
and the "processed" mark commit together, so a first attempt that fails does not
make the second look like a duplicate.

One that nobody can read is processed too, with the reason why not (``not_understood``):
it is kept and shown, holds nothing up, and is read again when a person says so. What a message
is known again by outlives it: before it goes, a digest of it is noted in ``inbox_seen``.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import structlog

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.identifiers import new_id
from tramita.kit.kept import Kept
from tramita.kit.masking import mask_text
from tramita.kit.outside import UNREADABLE, NotUnderstood, storable_json, storable_text
from tramita.kit.runtime import Runtime

log = structlog.get_logger(__name__)

T = TypeVar("T")

_LONGEST_ID: Final = 200
_LONGEST_WHY: Final = 500
# What a plugin's reader raises of a message of another shape than it expects, besides what
# parsing raises: a missing member, a list where there was an object, an impossible date.
NOT_READ: Final = (*UNREADABLE, LookupError, TypeError, AttributeError)

# As what bodies are encrypted.
BODY: Final = "inbox.body"
_LONGEST_PAUSE: Final = timedelta(minutes=10)
# Messages of this age, and no job of theirs has done anything about them.
_FORGOTTEN_AFTER: Final = timedelta(minutes=15)
_FORGOTTEN_UNTIL: Final = timedelta(days=7)
_FORGOTTEN_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Posting:
    """A verified message as ``provider`` posted it, and the ``job(message_id)`` that reads it."""

    provider: str
    body: bytes
    job: str
    vendor_id: str | None = None


async def receive_all(work: UnitOfWork, postings: Sequence[Posting]) -> list[bool]:
    """Keep messages and enqueue their jobs; false for each that was known already."""
    ids = [new_id() for _ in postings]
    known_by = [_known_by(one.vendor_id, one.body) for one in postings]
    rows = await work.fetch(
        """
        INSERT INTO inbox (id, provider, vendor_id, body, received_at)
        SELECT id, provider, vendor_id, body, tramita_now()
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
            AS m(id, provider, vendor_id, body)
        WHERE NOT EXISTS (SELECT FROM inbox_seen WHERE digest = tramita_seen(provider, vendor_id))
        -- Two processes may keep the same messages: each waits for the other in one order.
        ORDER BY provider, vendor_id
        ON CONFLICT (provider, vendor_id) DO NOTHING RETURNING id
        """,
        ids,
        [one.provider for one in postings],
        known_by,
        [work.keys.encrypt_bytes(one.body, BODY) for one in postings],
    )
    new = {row["id"] for row in rows}
    for id_, one in zip(ids, postings, strict=True):
        if id_ in new:
            work.enqueue(one.job, message_id=id_)
    return [id_ in new for id_ in ids]


async def receive(
    work: UnitOfWork, provider: str, body: bytes, *, job: str, vendor_id: str | None = None
) -> bool:
    """The same for one message."""
    [is_new] = await receive_all(work, [Posting(provider, body, job, vendor_id)])
    return is_new


def _known_by(vendor_id: str | None, body: bytes) -> str:
    """The vendor's id where a text column and its index take it, else a hash of it."""
    if not vendor_id:
        return hashlib.sha256(body).hexdigest()
    if len(vendor_id) <= _LONGEST_ID and storable_text(vendor_id) == vendor_id:
        return vendor_id
    return hashlib.sha256(vendor_id.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A message that waits, what it says, and how old it was when it was looked at."""

    id: UUID
    provider: str
    age: timedelta
    said: T


@dataclass(frozen=True, slots=True)
class Later:
    """It came too early: again ``first`` after it came, then with pauses that double."""

    first: timedelta


@dataclass(frozen=True, slots=True)
class Open:
    """It stays as it is; whoever had it delivered goes on with it."""


@dataclass(frozen=True, slots=True)
class About:
    """It is processed, and was about this thing, whose timeline tells of it."""

    subject: UUID


# What becomes of a message that is not simply processed, or whom one concerned that is.
Left: TypeAlias = NotUnderstood | Later | Open | About
Apply: TypeAlias = Callable[
    [Runtime, UnitOfWork, Sequence[Told[T]]], Awaitable[Mapping[UUID, Left]]
]


@dataclass(frozen=True)
class Reading(Generic[T]):
    """How the messages of a ``job`` are taken: read as their sender writes, and applied once.

    ``reader`` answers how a sender writes, given the process and the key under which its
    messages were verified; that is the actor of the unit of work in which they are applied, and
    whatever they may touch is that sender's. Reading is pure, and gets texts that can be written
    down. What is not understood, or fails to be read, has no effect. ``apply`` gets the others,
    the oldest first, and answers what becomes of those that are not simply processed, and what the
    others were about. Where it takes its locks in one order however many they are, messages of a sender that arrive
    ``together`` share a unit of work.
    """

    job: str
    reader: Callable[[Runtime, str], Callable[[bytes], T | NotUnderstood]]
    apply: Apply[T]
    together: bool = False

    async def deliver(self, runtime: Runtime, message_id: UUID) -> Told[T] | None:
        """Take one message; a processed one is left alone. Answers one that stays open."""
        row = await runtime.gathered(_find_waiting, is_reading=True).add(message_id)
        if row is None:
            return None
        said = read(self.reader(runtime, row["provider"]), row["body"])
        one = (runtime, self, Told(message_id, row["provider"], row["age"], said))
        if self.together:
            return await runtime.gathered(_take, f"{self.job} {row['provider']}").add(one)
        async with runtime.database.unit_of_work() as work:
            return (await _take(work, [one]))[0]

    async def take(self, runtime: Runtime, message_id: UUID) -> None:
        """The same, where nothing stays open: a whole job."""
        await self.deliver(runtime, message_id)

    async def settle(
        self, work: UnitOfWork, claimed: Mapping[UUID, "Claimed"], left: Mapping[UUID, Left]
    ) -> None:
        """End claimed messages: as ``left`` says, and processed where it says nothing."""
        over = [id_ for id_ in claimed if not isinstance(left.get(id_), Later | Open)]
        await work.fetch(
            """
            UPDATE inbox SET processed_at = (SELECT tramita_now()), subject_id = m.subject
            FROM unnest($1::uuid[], $2::uuid[]) AS m(id, subject) WHERE inbox.id = m.id
            """,
            over,
            [one.subject if isinstance(one, About) else None for one in map(left.get, over)],
        )
        for id_, one in claimed.items():
            why = left.get(id_)
            if isinstance(why, NotUnderstood):
                await _keep_as_not_understood(work, id_, why)
            elif isinstance(why, Later):
                # It follows from the message's age, so that several mean the same next try.
                number, delay = _next_try(one.age, why.first)
                key = f"inbox:{id_}:{number}"
                work.enqueue(self.job, delay=delay, key=key, message_id=id_)


def one_by_one(
    effect: Callable[[Runtime, UnitOfWork, Told[T]], Awaitable[Left | None]],
) -> Apply[T]:
    """A reading's ``apply`` that has this effect of each message."""

    async def apply(
        runtime: Runtime, work: UnitOfWork, told: Sequence[Told[T]]
    ) -> Mapping[UUID, Left]:
        effects = {one.id: await effect(runtime, work, one) for one in told}
        return {id_: left for id_, left in effects.items() if left is not None}

    return apply


async def _find_waiting(work: UnitOfWork, ids: Sequence[UUID]) -> list[Mapping[str, Any] | None]:
    rows = await work.fetch(
        "SELECT id, provider, body, (SELECT tramita_now()) - received_at AS age "
        "FROM inbox WHERE id = ANY($1::uuid[]) AND processed_at IS NULL",
        list(ids),
    )
    decrypt = work.keys.decrypt_bytes
    found = {row["id"]: {**row, "body": decrypt(row["body"], BODY)} for row in rows}
    return [found.get(id_) for id_ in ids]


class Claimed(NamedTuple):
    """A message that nobody else processes meanwhile."""

    received_at: datetime
    age: timedelta


async def claim(work: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, Claimed]:
    """Lock those of the messages that still wait."""
    rows = await work.fetch(
        "SELECT id, received_at, tramita_now() - received_at AS age FROM inbox "
        "WHERE id = ANY($1::uuid[]) AND processed_at IS NULL ORDER BY id FOR UPDATE",
        list(ids),
    )
    return {row["id"]: Claimed(row["received_at"], row["age"]) for row in rows}


async def _take(
    work: UnitOfWork, taken: Sequence[tuple[Runtime, Reading[Any], Told[Any]]]
) -> list[Told[Any] | None]:
    """Apply messages of one sender; answers those that stay open."""
    runtime, reading, first = taken[0]
    work.actor = first.provider
    claimed = await claim(work, [one.id for _, _, one in taken])
    oldest_first = sorted((one for _, _, one in taken), key=lambda one: one.age, reverse=True)
    mine = {one.id: one for one in oldest_first if one.id in claimed}
    left: dict[UUID, Left] = {
        one.id: one.said for one in mine.values() if isinstance(one.said, NotUnderstood)
    }
    understood = [one for one in mine.values() if one.id not in left]
    if understood:
        left |= await reading.apply(runtime, work, understood)
    await reading.settle(work, claimed, left)
    return [one if isinstance(left.get(one.id), Open) else None for _, _, one in taken]


def read(reader: Callable[[bytes], T | NotUnderstood], body: bytes) -> T | NotUnderstood:
    """What a message says; what its sender's code cannot read was not understood."""
    try:
        return reader(storable_json(body))
    except NOT_READ as error:
        return NotUnderstood(f"{type(error).__name__}: {error}")


async def _keep_as_not_understood(work: UnitOfWork, message_id: UUID, said: NotUnderstood) -> None:
    """Note on a processed message what is wrong with it; nothing of it is lost."""
    why = mask_text(said.why)[:_LONGEST_WHY]
    log.error("message_not_understood", provider=work.actor, message=str(message_id), why=why)
    await work.fetch("UPDATE inbox SET not_understood = $2 WHERE id = $1", message_id, why)


class NobodyReads(ConflictError):
    """Messages of {provider} are read by nobody here any more."""


async def read_again(work: UnitOfWork, message_id: UUID, *, jobs: Mapping[str, str]) -> bool:
    """Have a message that was not understood read once more, as if it had just come.

    ``jobs`` are the jobs that read, by provider. False when it is no such message any more, or
    its body was emptied. Raises ``NobodyReads``; then nothing has changed.
    """
    rows = await work.fetch(
        """
        WITH again AS (
            UPDATE inbox SET processed_at = NULL, not_understood = NULL
            WHERE id = $1 AND not_understood IS NOT NULL AND body IS NOT NULL
            RETURNING id, provider
        ), noted AS (
            INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, cause, at)
            SELECT 'inbox', id, 'not_understood', 'received', 'read_again', $2, $3, tramita_now()
            FROM again
        )
        SELECT provider FROM again
        """,
        message_id,
        work.actor,
        work.cause,
    )
    for row in rows:
        if row["provider"] not in jobs:
            raise NobodyReads(provider=row["provider"])
        work.enqueue(jobs[row["provider"]], message_id=message_id)
    return bool(rows)


def _next_try(age: timedelta, first: timedelta) -> tuple[int, timedelta]:
    """The number of the next try of a message this old, and the time until then.

    The pauses double from ``first`` up to ten minutes.
    """
    number, at, pause = 0, first, first
    while at <= age:
        number += 1
        pause = min(pause * 2, _LONGEST_PAUSE)
        at += pause
    return number, at - age


async def enqueue_forgotten(work: UnitOfWork, provider: str, *, job: str) -> int:
    """Enqueue anew what was not processed for minutes; answers how many.

    This finds messages whose job failed, perhaps on a bug since mended. One that only
    waits for its next try is tried once more, and its next try stays what it was.
    """
    rows = await work.fetch(
        """
        SELECT id FROM inbox WHERE provider = $1 AND processed_at IS NULL
          AND received_at BETWEEN tramita_now() - $2::interval AND tramita_now() - $3::interval
        ORDER BY received_at LIMIT $4
        """,
        provider,
        _FORGOTTEN_UNTIL,
        _FORGOTTEN_AFTER,
        _FORGOTTEN_AT_ONCE,
    )
    for row in rows:
        work.enqueue(job, key=f"forgotten:{row['id']}", is_sweep=True, message_id=row["id"])
    return len(rows)


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="inbox bodies",
        table="inbox",
        what="messages of providers, as they came",
        stays="what waits to be processed; a digest, by which the same message is known again",
        age="received_at",
        days="inbox_days",
        where="t.processed_at IS NOT NULL AND t.body IS NOT NULL",
        empties="body = NULL",
        also=[
            "INSERT INTO inbox_seen (digest) SELECT tramita_seen(provider, vendor_id) FROM gone "
            "ON CONFLICT DO NOTHING"
        ],
    ),
    # Later, so that the digest is there for whoever receives the same message at this moment.
    Kept(
        name="inbox",
        table="inbox",
        what="when a message came and was processed",
        stays="the digest",
        age="received_at",
        days="inbox_days",
        days_more=1,
        among="t.body IS NULL",
    ),
)
