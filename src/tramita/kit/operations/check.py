"""The invariants of operations of every kind: somebody acts on them, and no job is held."""

from typing import Final

import asyncpg

from tramita.kit.database.engine import Database
from tramita.kit.findings import Difference, Finding, find_broken
from tramita.kit.jobs.held import find_held_jobs
from tramita.kit.jobs.rows import count_jobs, with_jobs
from tramita.kit.operations.paused import is_paused

# A bug may hold thousands; the console lists them all.
_MOST_NAMED: Final = 50

_UNCARED_FOR: Final = f"""
    WITH prepared AS MATERIALIZED (
        SELECT * FROM operations WHERE state = 'PREPARED' AND lease_until < now()
          AND due_at < now() - interval '1 minute' AND NOT {is_paused("provider", "kind")}
    ), cared_for AS ({with_jobs("prepared", "operation_id")})
    SELECT p.id::text AS subject,
           format('%s is PREPARED since %s, and no job will send it', p.kind, p.due_at) AS sentence
    FROM prepared AS p LEFT JOIN cared_for AS c USING (id)
    WHERE c.acts_at IS NULL ORDER BY p.id
"""  # noqa: S608 - our own texts


async def check_operations(database: Database) -> list[Finding]:
    """Every invariant of operations, in order, with what breaks it."""
    async with database.unit_of_work(actor="check") as work:
        return [
            await find_broken(
                work,
                "O1",
                "what was prepared more than a minute ago has a job to send it",
                "operations WHERE state = 'PREPARED'",
                _UNCARED_FOR,
            ),
            await _find_held(work.connection),
        ]


async def _find_held(connection: asyncpg.Connection) -> Finding:
    held = await find_held_jobs(connection, after=None, limit=_MOST_NAMED)
    waiting = await count_jobs(connection)
    return Finding(
        "O2",
        "no job is held by an error of our own",
        looked_at=sum(waiting.values()) + len(held),
        differences=tuple(
            Difference(f"{one.name} {one.arguments}", f"held since {one.held_at}: {one.error}")
            for one in held
        ),
    )


async def count_operations(database: Database) -> dict[str, int]:
    """How many operations stand where: ``"portability.insert_proposal SUCCEEDED" → 3``."""
    async with database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            "SELECT kind || ' ' || state AS place, count(*) AS n FROM operations "
            "GROUP BY place ORDER BY place"
        )
    return {row["place"]: row["n"] for row in rows}
