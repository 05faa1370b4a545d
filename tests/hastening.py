"""Pauses and deadlines that no test waits for: what comes later comes now."""

import asyncio
from collections.abc import Sequence
from typing import Final

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs.rows import payload_of

# What is being asked about at the moment bears its lease as its next time, and is left alone.
_HASTEN: Final = f"""
    WITH waiting AS (
        UPDATE operations SET due_at = now(), lease_until = now() - interval '1 second'
        WHERE id IN (SELECT id FROM operations WHERE state = ANY ($1::text[])
                     AND due_at > now() AND lease_until > due_at
                     ORDER BY id FOR UPDATE SKIP LOCKED)
        RETURNING id, state
    ), queued AS (
        UPDATE pgqueuer SET execute_after = now()
        WHERE id IN (SELECT id FROM pgqueuer WHERE status = 'queued' AND execute_after > now()
                     AND (entrypoint = ANY ($2::text[]) OR payload IN
                          (SELECT {payload_of("operation_id", "w.id")} FROM waiting AS w))
                     ORDER BY id FOR UPDATE SKIP LOCKED)
    )
    SELECT state FROM waiting
"""


def let_pass(seconds: float) -> None:
    """Let so much time have gone by on the event loop: what has a deadline within it has passed it.

    So a deadline may be longer than any machine stands still for, and costs nothing. It is for tests
    whose loop is their own.
    """
    loop = asyncio.get_running_loop()
    time = loop.time
    loop.time = lambda: time() + seconds  # type: ignore[method-assign]


async def hasten(
    work: UnitOfWork,
    *,
    states: Sequence[str] = ("NOT_SENT", "UNKNOWN"),
    jobs: Sequence[str] = (),
) -> list[str]:
    """Let what waits to be sent again, or to be asked about, be taken up now, and these jobs too.

    Answers the states of the operations that waited.
    """
    return [row["state"] for row in await work.fetch(_HASTEN, states, jobs)]
