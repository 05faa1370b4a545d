"""Jobs as the queue holds them, written as rows: what a bug leaves behind."""

from datetime import timedelta

import msgspec

from tests.kit.workers import NOTE
from tramita.kit.database.engine import Database


async def hold_job(
    database: Database,
    *,
    name: str = NOTE.name,
    arguments: dict[str, object] | None = None,
    key: str | None = None,
    error: str | None = "a bug",
    kind: str = "ValueError",
    age: timedelta = timedelta(minutes=12),
) -> int:
    """A job that ended in an error so long ago; answers its id.

    Without ``error`` the queue's log has been cleaned meanwhile.
    """
    said = {
        "job_id": 1,
        "timestamp": "2026-11-22T12:00:00Z",
        "exception_type": kind,
        "exception_message": error,
        "traceback": f"Traceback …\n  in note\nValueError: {error}\n",
        "additional_context": None,
    }
    async with database.unit_of_work(actor="test") as work:
        [row] = await work.fetch(
            """
            INSERT INTO pgqueuer (priority, status, entrypoint, payload, dedupe_key, updated)
            VALUES (0, 'failed', $1, $2, $3, now() - $4::interval) RETURNING id
            """,
            name,
            msgspec.json.encode(arguments or {"line": "held"}),
            key,
            age,
        )
        if error is not None:
            await work.fetch(
                "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, traceback) "
                "VALUES ($1, 'failed', 0, $2, $3)",
                row["id"],
                name,
                msgspec.json.encode(said).decode(),
            )
    held: int = row["id"]
    return held
