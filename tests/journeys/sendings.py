"""Why proposals were sent a second time: read from the history of their operations."""

from datetime import timedelta

from tramita.kit.database.engine import Database

NOTHING_THERE = "The provider says that there is no such proposal."


async def sent_blindly(database: Database, *, not_found_for: float | None = None) -> list[str]:
    """Proposals that were sent again although they might have existed, with their history.

    Sending again is right after an attempt that certainly did nothing, and after the
    provider has said for ``not_found_for`` seconds that there is nothing; ``None`` leaves the
    time out of it, where the clock was moved.
    """
    async with database.unit_of_work(actor="test") as work:
        rows = await work.fetch(
            """
            WITH steps AS (
                SELECT o.key, h.*,
                       lag(h.trigger) OVER told AS why_trigger,
                       lag(h.from_state) OVER told AS why_from,
                       lag(h.cause) OVER told AS why,
                       max(h.at) FILTER (WHERE h.trigger = 'unknown' AND h.from_state = 'SENT')
                           OVER told AS unknown_at
                FROM history AS h JOIN operations AS o ON o.id = h.subject_id
                WHERE h.subject = 'operations' AND o.kind = 'portability.insert_proposal'
                WINDOW told AS (PARTITION BY h.subject_id ORDER BY h.id)
            )
            SELECT key, why_from, why, at - unknown_at AS after FROM steps
            WHERE trigger = 'send' AND from_state <> 'PREPARED'
              AND NOT (why_from = 'SENT' AND why_trigger = 'not_sent')
              AND NOT (why_from = 'UNKNOWN' AND why = $1
                       AND ($2::interval IS NULL OR at - unknown_at >= $2))
            """,
            NOTHING_THERE,
            None if not_found_for is None else timedelta(seconds=not_found_for),
        )
    return [
        f"{row['key']} from {row['why_from']} ({row['why']}) after {row['after']}" for row in rows
    ]
