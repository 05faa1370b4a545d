"""Counting a run down and announcing its end, exactly once.

Messages go to the envelope's topic inside the transaction that changed the count.
They carry the run, so that a socket that has just read the same end from the
database does not say it twice.

All contracts of an envelope meet in its row. Several are locked in order of id, by a statement
of their own: one that locks and updates looks for the row where it was before it waited, with
the lock on where it is now. While somebody's foreign key holds the former, as that of whoever
updates a contract twice does, two of them can wait for each other. NO KEY, for the same reason.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.webhooks.emission import IS_ANYBODY_LISTENING
from tramita.portability.events import ALL_DONE, CONTRACT_CHANGED, tell_partners
from tramita.portability.grouping import want_sent

# A client who has not signed after this is reminded of it.
FIRST_REMINDER_AFTER: Final = timedelta(days=2)


def topic_of(token: UUID) -> str:
    """The live topic of an envelope."""
    return f"envelope:{token}"


def publish_progress(work: UnitOfWork, token: UUID, *, run: int, done: int, total: int) -> None:
    """Say how far a run is."""
    work.publish(
        topic_of(token), {"type": "CONTRACT_PROGRESS", "done": done, "total": total, "run": run}
    )


async def count_down(work: UnitOfWork, finished: Mapping[UUID, int]) -> None:
    """Take ``finished`` contracts per envelope off its run; announce where none is left.

    There its signature group, if it has one, is closed, so that the client gets its link.
    """
    if not finished:
        return
    if len(finished) > 1:
        await lock_rows(work, "envelopes", finished, "id")
    rows = await work.fetch(
        f"""
        WITH counted AS (
            UPDATE envelopes AS e SET
                run_left = e.run_left - finished.n,
                version = e.version + 1,
                remind_at = CASE WHEN e.run_left = finished.n
                            THEN (SELECT tramita_now()) + $3::interval ELSE e.remind_at END
            FROM unnest($1::uuid[], $2::int[]) AS finished(id, n) WHERE e.id = finished.id
            RETURNING e.id, e.token, e.run, e.run_total, e.run_left, e.group_key
        ), announced AS (
            INSERT INTO envelope_announcements (envelope_id, run, at)
            SELECT id, run, (SELECT tramita_now()) FROM counted WHERE run_left = 0
        )
        SELECT *, {IS_ANYBODY_LISTENING} AS is_heard FROM counted
        """,  # noqa: S608 - a constant
        list(finished),
        list(finished.values()),
        FIRST_REMINDER_AFTER,
    )
    for row in rows:
        done = row["run_total"] - row["run_left"]
        publish_progress(work, row["token"], run=row["run"], done=done, total=row["run_total"])
    ended = [row for row in rows if row["run_left"] == 0]
    for row in ended:
        _publish_end(work, row["token"], row["run"])
    if ended and ended[0]["is_heard"]:
        await tell_partners(work, ALL_DONE, [row["id"] for row in ended])
    if grouped := [row["id"] for row in ended if row["group_key"]]:
        await want_sent(work, grouped)


async def announce(work: UnitOfWork, envelope_id: UUID, token: UUID, run: int) -> None:
    """Say "all done" of a run that ends as it begins."""
    await work.fetch(
        "INSERT INTO envelope_announcements (envelope_id, run, at) VALUES ($1, $2, tramita_now())",
        envelope_id,
        run,
    )
    _publish_end(work, token, run)
    await tell_partners(work, ALL_DONE, [envelope_id])


def _publish_end(work: UnitOfWork, token: UUID, run: int) -> None:
    work.publish(
        topic_of(token), {"message": "all done", "type": "CONTRACTS_PROCESSED", "run": run}
    )


async def tell_changes(work: UnitOfWork, contracts: Sequence[UUID]) -> None:
    """Say what became of contracts: to whoever looks at their envelopes.

    The envelope's version grows with it. Its row is touched last, like in ``count_down``.
    """
    if not contracts:
        return
    if len(contracts) > 1:
        await _lock_envelopes_of(work, contracts)
    rows = await work.fetch(
        f"""
        WITH changed AS (
            SELECT id, envelope_id, contract_status, portability_status
            FROM envelope_contracts WHERE id = ANY($1::uuid[])
        ), grown AS (
            UPDATE envelopes SET version = version + 1
            WHERE id IN (SELECT envelope_id FROM changed) RETURNING id, token
        )
        SELECT c.id, c.envelope_id, c.contract_status, c.portability_status, g.token,
               {IS_ANYBODY_LISTENING} AS is_heard
        FROM changed AS c JOIN grown AS g ON g.id = c.envelope_id
        """,  # noqa: S608 - a constant
        list(contracts),
    )
    for row in rows:
        work.publish(
            topic_of(row["token"]),
            {
                "type": "CONTRACT_CHANGED",
                "id": str(row["id"]),
                "status": row["contract_status"],
                "portability_status": row["portability_status"],
            },
        )
    envelopes = list({row["envelope_id"] for row in rows})
    if rows and rows[0]["is_heard"]:
        await tell_partners(work, CONTRACT_CHANGED, envelopes, moved=contracts)


async def _lock_envelopes_of(work: UnitOfWork, contracts: Sequence[UUID]) -> None:
    await work.fetch(
        "SELECT id FROM envelopes WHERE id IN "
        "(SELECT envelope_id FROM envelope_contracts WHERE id = ANY($1::uuid[])) "
        "ORDER BY id FOR NO KEY UPDATE",
        list(contracts),
    )
