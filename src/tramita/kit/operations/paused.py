"""Providers that a person has paused, or one kind of act of theirs: for a maintenance, say.

While it lasts nothing is taken that is to be done or asked there: operations wait as they are,
no attempt is counted and nobody begins to doubt. What was taken before is carried to its end. The
statements that take operations look at the pauses themselves (``is_paused``), so a pause
holds in every process from the moment it is committed, and costs no statement of its own.

When it ends, the sweep finds whatever waits within seconds and has it go on, at the pace at which
jobs and lines go. How long nobody has known of an outcome, and how long there has been nothing
at the provider, does not grow meanwhile: nobody could ask.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, FieldError, InvalidError, ProviderUnavailableError
from tramita.kit.identifiers import new_id
from tramita.kit.insiders import called
from tramita.kit.masking import mask_text
from tramita.kit.operations.lifecycle import OUR_TURN, OperationState

# Who resumes what was paused until a time that has come.
CLOCK: Final = "clock"
# What pages that show providers listen to.
TOPIC: Final = "providers"
LONGEST_REASON: Final = 500
_ASK_AGAIN_IN: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
# Whoever means for ever names no end.
_LONGEST: Final = timedelta(days=366)


class ProviderPaused(ProviderUnavailableError):
    """{provider} is paused for a while, and nothing was sent to it; try again later."""

    def __init__(self, provider: str, left: timedelta | None = None) -> None:
        """Say when to try again: when it is to go on, if that is known and soon."""
        super().__init__(provider=provider)
        left = _ASK_AGAIN_IN if left is None else left
        self.again_in = min(max(left, timedelta(seconds=1)), _LONGEST_WAIT)
        self.retry_after = self.again_in


class AlreadyPaused(ConflictError):
    """{what} is paused already, by {by} since {since}."""


class NotPaused(ConflictError):
    """{what} is not paused; somebody may have resumed it already."""


class Pause(msgspec.Struct):
    """One pause, in platform time; of every kind of act where ``kind`` is empty.

    ``until`` is when it ends by itself, ``resumed_at`` when it ended and ``resumed_by`` by whom.
    """

    id: UUID
    provider: str
    kind: str | None
    paused_by: str
    why: str
    since: datetime
    until: datetime | None
    resumed_at: datetime | None = None
    resumed_by: str | None = None

    @property
    def what(self) -> str:
        """What is paused, for people."""
        return self.provider if self.kind is None else f"{self.kind} at {self.provider}"


_COLUMNS: Final = "id, provider, kind, paused_by, why, since, until, resumed_at, resumed_by"


def is_paused(provider: str, kind: str) -> str:
    """SQL: whether acts of this kind are paused there; both are columns or parameters."""
    # The pause's own columns go by other names here, so that none stands for the caller's.
    return f"""EXISTS (
        SELECT FROM (SELECT p.provider AS at, p.kind AS acts FROM provider_pauses AS p
                     WHERE p.resumed_at IS NULL) AS paused
        WHERE paused.at = {provider} AND coalesce(paused.acts, {kind}) = {kind})"""  # noqa: S608 - ours


async def refuse_paused(work: UnitOfWork, provider: str, kind: str | None = None) -> None:
    """Raise ``ProviderPaused`` where nothing of the kind may be sent; without one, nothing at all."""
    rows = await work.fetch(
        """
        SELECT max(until) - tramita_now() AS left, bool_or(until IS NULL) AS is_open
        FROM provider_pauses
        WHERE provider = $1 AND (kind IS NULL OR kind = $2) AND resumed_at IS NULL
        HAVING count(*) > 0
        """,
        provider,
        kind,
    )
    if rows:
        raise ProviderPaused(provider, None if rows[0]["is_open"] else rows[0]["left"])


async def pause(
    work: UnitOfWork,
    provider: str,
    *,
    why: str,
    kind: str | None = None,
    until: datetime | None = None,
) -> Pause:
    """Pause a provider, or one kind of act of it, as the actor of ``work``.

    ``until`` is the platform's time at which it goes on by itself. Many read ``why``, so it is
    masked. Raises ``AlreadyPaused``, and ``InvalidError`` for a time that is over or too far.
    """
    if until is not None:
        now = await work.now()
        if until <= now:
            raise InvalidError([FieldError("until", "past", "It is to end in the future.")])
        if until > now + _LONGEST:
            raise InvalidError([FieldError("until", "too_far", "It is to end within a year.")])
    rows = await work.read(
        Pause,
        f"""
        INSERT INTO provider_pauses (id, provider, kind, paused_by, why, since, until, began_at)
        VALUES ($1, $2, $3, $4, $5, tramita_now(), $6, now())
        ON CONFLICT DO NOTHING RETURNING {_COLUMNS}
        """,  # noqa: S608 - a constant
        new_id(),
        provider,
        kind,
        work.actor,
        mask_text(why),
        until,
    )
    if not rows:
        known = [one for one in await find_pauses(work, provider) if one.kind == kind]
        # Whoever resumed it at this very moment leaves nobody to name.
        by, since = (called(known[0].paused_by), known[0].since) if known else ("somebody", "now")
        what = provider if kind is None else f"{kind} at {provider}"
        raise AlreadyPaused(what=what, by=by, since=since)
    work.publish(TOPIC, {"provider": provider})
    return rows[0]


async def resume(work: UnitOfWork, provider: str, *, kind: str | None = None) -> Pause:
    """End a pause as the actor of ``work``; what waits goes on. Raises ``NotPaused``."""
    rows = await _end(work, "provider = $1 AND kind IS NOT DISTINCT FROM $2::text", provider, kind)
    if not rows:
        raise NotPaused(what=provider if kind is None else f"{kind} at {provider}")
    return msgspec.convert(dict(rows[0]), Pause)


async def resume_due(work: UnitOfWork) -> int:
    """End the pauses whose time is over; answers how many."""
    return len(await _end(work, "until <= tramita_now()"))


async def find_pauses(work: UnitOfWork, provider: str | None = None) -> list[Pause]:
    """What is paused now, of one provider or of all, the latest last."""
    return await work.read(
        Pause,
        f"SELECT {_COLUMNS} FROM provider_pauses "  # noqa: S608 - a constant
        "WHERE resumed_at IS NULL AND ($1::text IS NULL OR provider = $1) ORDER BY provider, id",
        provider,
    )


async def find_past_pauses(work: UnitOfWork, provider: str, *, limit: int) -> list[Pause]:
    """The last pauses of a provider that have ended, the newest first."""
    return await work.read(
        Pause,
        f"SELECT {_COLUMNS} FROM provider_pauses "  # noqa: S608 - a constant
        "WHERE provider = $1 AND resumed_at IS NOT NULL ORDER BY id DESC LIMIT $2",
        provider,
        limit,
    )


async def _end(work: UnitOfWork, which: str, *values: object) -> list[asyncpg.Record]:
    # All of a provider's: of two who end two of them at this moment, each would leave what waits
    # to the other.
    await work.fetch(
        f"""
        SELECT FROM provider_pauses WHERE resumed_at IS NULL AND provider IN
            (SELECT provider FROM provider_pauses WHERE resumed_at IS NULL AND {which})
        ORDER BY provider, id FOR NO KEY UPDATE
        """,  # noqa: S608 - ours
        *values,
    )
    ending = await work.fetch(
        f"SELECT id FROM provider_pauses WHERE resumed_at IS NULL AND {which} ORDER BY provider, id",  # noqa: S608 - ours
        *values,
    )
    return [await _end_one(work, row["id"]) for row in ending]


async def _end_one(work: UnitOfWork, pause_id: UUID) -> asyncpg.Record:
    """End a pause whose row is locked, one after the other: each counts until the next began."""
    [row] = await work.fetch(
        f"""
        UPDATE provider_pauses SET resumed_at = tramita_now(), resumed_by = $1
        WHERE id = $2 RETURNING {_COLUMNS}, began_at
        """,  # noqa: S608 - ours
        work.actor,
        pause_id,
    )
    await work.fetch(_GO_ON, row["provider"], row["kind"], row["began_at"])
    work.publish(TOPIC, {"provider": row["provider"]})
    return row


# What waits there is looked at by the next sweep; what is paused in another way still waits for
# that, and this pause counts until that one began. A doubt is as old as it was when the pause began,
# and a young one begins now.
_WAITING: Final = OUR_TURN - {OperationState.SENT} | {OperationState.PENDING}
_GO_ON: Final = f"""
    WITH locked AS (
        SELECT id, (SELECT min(p.began_at) FROM provider_pauses AS p
                    WHERE p.resumed_at IS NULL AND p.provider = o.provider
                      AND coalesce(p.kind, o.kind) = o.kind) AS goes_on
        FROM operations AS o
        WHERE {one_of("o.state", _WAITING)} AND provider = $1 AND ($2::text IS NULL OR kind = $2)
          AND (unknown_since IS NOT NULL
               OR lease_until > now() AND NOT {is_paused("o.provider", "o.kind")})
        ORDER BY id FOR UPDATE
    ), spans AS (
        SELECT id, goes_on IS NULL AS is_free, coalesce(goes_on, now()) AS until FROM locked
    )
    UPDATE operations AS o SET
        lease_until = CASE WHEN s.is_free THEN least(o.lease_until, now()) ELSE o.lease_until END,
        unknown_since = o.unknown_since
            + greatest(s.until - greatest(o.unknown_since, $3::timestamptz), '0'),
        nothing_since = o.nothing_since
            + greatest(s.until - greatest(o.nothing_since, $3::timestamptz), '0')
    FROM spans AS s WHERE o.id = s.id
"""  # noqa: S608 - our own texts
