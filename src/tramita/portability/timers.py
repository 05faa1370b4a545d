"""What time does to envelopes: reminders, a warning, the end. Due rows, found by sweeps.

A reminder is an event for the lender's own systems, which know how their clients are
reached; at most three, and one before the end.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.jobs import Schedule
from tramita.kit.runtime import Runtime
from tramita.portability.ending import expire_envelope
from tramita.portability.events import EXPIRING, REMINDER, tell_partners
from tramita.portability.lifecycle import EnvelopeState
from tramita.portability.service import get_envelope

MOST_REMINDERS: Final = 3
NEXT_REMINDER_AFTER: Final = timedelta(days=3)
WARNED_BEFORE: Final = timedelta(days=3)
_AT_ONCE: Final = 100

# Whether something in the envelope waits for the client.
_UNSIGNED: Final = """
    EXISTS (SELECT FROM envelope_contracts AS c WHERE c.envelope_id = e.id
            AND c.portability_status = 'FORMALIZACAO_CLIENTE')
"""


class NothingToSign(ConflictError):
    """No contract of this envelope waits for a signature."""


async def expire_envelopes(runtime: Runtime) -> None:
    """End every envelope whose time is over, each in its own transaction."""
    async with runtime.database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT token FROM envelopes WHERE state IN ('draft', 'formalizing') "
            "AND expires_at <= tramita_now() ORDER BY expires_at LIMIT $1",
            _AT_ONCE,
        )
    for row in rows:
        async with runtime.database.unit_of_work(actor="timer") as work:
            await expire_envelope(work, row["token"])


async def remind_clients(runtime: Runtime) -> None:
    """Remind of what waits for a signature, and warn before an envelope ends."""
    async with runtime.database.unit_of_work(actor="timer") as work:
        await _remind(work)
        await _warn(work)


async def remind_now(work: UnitOfWork, token: UUID) -> None:
    """A reminder that somebody asked for; it does not count. Raises ``NothingToSign``."""
    envelope = await get_envelope(work, token)
    rows = await work.fetch(
        f"SELECT FROM envelopes AS e WHERE e.id = $1 AND e.state = $2 AND {_UNSIGNED}",
        envelope.id,
        EnvelopeState.FORMALIZING.value,
    )
    if not rows:
        raise NothingToSign
    await tell_partners(work, REMINDER, [envelope.id], reminder=envelope.reminders)


async def _remind(work: UnitOfWork) -> None:
    rows = await work.fetch(
        f"""
        WITH due AS (
            SELECT e.id, e.state = 'formalizing' AND {_UNSIGNED} AS waits FROM envelopes AS e
            WHERE e.remind_at <= tramita_now() ORDER BY e.id LIMIT $1
            FOR NO KEY UPDATE OF e SKIP LOCKED
        )
        UPDATE envelopes AS e SET
            reminders = e.reminders + due.waits::int,
            remind_at = CASE WHEN due.waits AND e.reminders + 1 < $2
                        THEN tramita_now() + $3::interval END
        FROM due WHERE e.id = due.id RETURNING e.id, e.reminders, due.waits
        """,  # noqa: S608 - a constant
        _AT_ONCE,
        MOST_REMINDERS,
        NEXT_REMINDER_AFTER,
    )
    for number in range(1, MOST_REMINDERS + 1):
        reminded = [row["id"] for row in rows if row["waits"] and row["reminders"] == number]
        if reminded:
            await tell_partners(work, REMINDER, reminded, reminder=number)


async def _warn(work: UnitOfWork) -> None:
    rows = await work.fetch(
        f"""
        WITH due AS (
            SELECT e.id FROM envelopes AS e
            WHERE e.state = 'formalizing' AND e.warned_at IS NULL
              AND e.expires_at <= tramita_now() + $2::interval AND {_UNSIGNED}
            ORDER BY e.id LIMIT $1 FOR NO KEY UPDATE OF e SKIP LOCKED
        )
        UPDATE envelopes AS e SET warned_at = tramita_now()
        FROM due WHERE e.id = due.id RETURNING e.id
        """,  # noqa: S608 - a constant
        _AT_ONCE,
        WARNED_BEFORE,
    )
    if rows:
        await tell_partners(work, EXPIRING, [row["id"] for row in rows])


SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [
    Schedule("portability.expire_envelopes", "* * * * * */10", expire_envelopes),
    Schedule("portability.remind_clients", "* * * * * */10", remind_clients),
]
