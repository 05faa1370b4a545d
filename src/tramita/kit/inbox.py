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
from typing import Final, TypeVar
from uuid import UUID

import structlog

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.identifiers import new_id
from tramita.kit.kept import Kept
from tramita.kit.masking import mask_text
from tramita.kit.outside import UNREADABLE, NotUnderstood, storable_json, storable_text

log = structlog.get_logger(__name__)

T = TypeVar("T")

_LONGEST_ID: Final = 200
_LONGEST_WHY: Final = 500
# What a plugin's reader raises of a message of another shape than it expects, besides what
# parsing raises: a missing member, a list where there was an object, an impossible date.
NOT_READ: Final = (*UNREADABLE, LookupError, TypeError, AttributeError)

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
        [one.body for one in postings],
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
class Waiting:
    """A message that was not processed when it was looked at, and how old it was then."""

    id: UUID
    provider: str
    body: bytes
    received_at: datetime
    age: timedelta


async def find_waiting(work: UnitOfWork, ids: Sequence[UUID]) -> list[Waiting | None]:
    """Messages as they came, ``None`` for each that was processed already."""
    rows = await work.fetch(
        """
        SELECT id, provider, body, received_at, tramita_now() - received_at AS age
        FROM inbox WHERE id = ANY($1::uuid[]) AND processed_at IS NULL
        """,
        list(ids),
    )
    found = {row["id"]: Waiting(**dict(row)) for row in rows}
    return [found.get(id_) for id_ in ids]


async def claim_all(work: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Lock those of the messages that still wait, and answer when they came.

    Nobody else processes them meanwhile.
    """
    rows = await work.fetch(
        "SELECT id, received_at FROM inbox WHERE id = ANY($1::uuid[]) AND processed_at IS NULL "
        "ORDER BY id FOR UPDATE",
        list(ids),
    )
    return {row["id"]: row["received_at"] for row in rows}


async def finish_all(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Mark claimed messages processed."""
    await work.fetch(
        "UPDATE inbox SET processed_at = tramita_now() WHERE id = ANY($1::uuid[])", list(ids)
    )


async def deliver(
    database: Database,
    message_id: UUID,
    *,
    reader: Callable[[str], Callable[[bytes], T | NotUnderstood]],
    effect: Callable[[UnitOfWork, T], Awaitable[NotUnderstood | None]],
) -> None:
    """Run ``effect`` once on what was read in a message; a processed one is left alone.

    A message is read as its sender writes: ``reader`` answers how, given the key under which
    it was verified; that is the actor of the effect's unit of work, and whatever the message
    may touch is that sender's. Reading is pure, and gets texts that can be written down. What
    is not understood, or fails to be read, has no effect and is kept as not understood; so is
    what the effect answers to be none of its sender's business.
    """
    async with database.unit_of_work(actor="inbox") as work:
        rows = await work.fetch(
            "UPDATE inbox SET processed_at = tramita_now() "
            "WHERE id = $1 AND processed_at IS NULL RETURNING provider, body",
            message_id,
        )
        if not rows:
            return
        work.actor = rows[0]["provider"]
        said = read(reader(work.actor), rows[0]["body"])
        wrong = said if isinstance(said, NotUnderstood) else await effect(work, said)
        if wrong is not None:
            await keep_as_not_understood(work, message_id, wrong)


def read(reader: Callable[[bytes], T | NotUnderstood], body: bytes) -> T | NotUnderstood:
    """What a message says; what its sender's code cannot read was not understood."""
    try:
        return reader(storable_json(body))
    except NOT_READ as error:
        return NotUnderstood(f"{type(error).__name__}: {error}")


async def keep_as_not_understood(work: UnitOfWork, message_id: UUID, said: NotUnderstood) -> None:
    """Note on a processed message what is wrong with it; nothing of it is lost."""
    why = mask_text(said.why)[:_LONGEST_WHY]
    log.error("message_not_understood", provider=work.actor, message=str(message_id), why=why)
    await work.fetch("UPDATE inbox SET not_understood = $2 WHERE id = $1", message_id, why)


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that nobody understood; ``why`` is masked. Times are the platform's."""

    id: UUID
    provider: str
    received_at: datetime
    age: timedelta
    size: int
    why: str


async def find_not_understood(work: UnitOfWork, *, limit: int) -> list[Unread]:
    """The latest of them."""
    rows = await work.fetch(
        """
        SELECT id, provider, received_at, tramita_now() - received_at AS age,
               coalesce(octet_length(body), 0) AS size, not_understood AS why
        FROM inbox WHERE not_understood IS NOT NULL ORDER BY received_at DESC, id DESC LIMIT $1
        """,
        limit,
    )
    return [Unread(**dict(row)) for row in rows]


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


class NotYet(Exception):
    """Raised by an effect: the message stays unprocessed, as if it had not been looked at."""


async def claim(work: UnitOfWork, message_id: UUID) -> datetime | None:
    """The same for one message; ``None`` when it was processed meanwhile."""
    return (await claim_all(work, [message_id])).get(message_id)


async def finish(work: UnitOfWork, message_id: UUID, wrong: NotUnderstood | None = None) -> None:
    """Mark a claimed message processed; with what is wrong with it, if anything."""
    await finish_all(work, [message_id])
    if wrong is not None:
        await keep_as_not_understood(work, message_id, wrong)


async def postpone(
    work: UnitOfWork, message_id: UUID, *, job: str, first: timedelta, give_up_after: timedelta
) -> bool:
    """Have a claimed message tried again later; false when it has waited enough.

    The pauses double from ``first`` up to ten minutes. They follow from the message's age,
    so that several who postpone the same message mean the same next try.
    """
    rows = await work.fetch(
        "SELECT tramita_now() - received_at AS age FROM inbox WHERE id = $1", message_id
    )
    age = rows[0]["age"]
    if age >= give_up_after:
        return False
    try_again(work, message_id, job=job, age=age, first=first)
    return True


def try_again(
    work: UnitOfWork, message_id: UUID, *, job: str, age: timedelta, first: timedelta
) -> None:
    """Have a message of this age tried again, ``first`` after it came or as ``postpone`` says."""
    number, delay = _next_try(age, first)
    work.enqueue(job, delay=delay, key=f"inbox:{message_id}:{number}", message_id=message_id)


def _next_try(age: timedelta, first: timedelta) -> tuple[int, timedelta]:
    """The number of the next try of a message this old, and the time until then."""
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
