"""``transfers.look_there``: whether what we sent is still in the office.

A base that is restored from an old copy knows nothing of what came after it, and gives its numbers
once more. So open applications are asked about from time to time, a few at once; one that is gone is
shown as lost, and one that has an older form there than it had is sent it again. What the office was told besides
forms and has forgotten, as the number of the last message says that its document bears, it is told anew.

One that has a later form than was known there has it by an act that was given up and carried out all the
same. It may have brought a former agent and fewer files, so the office is told of these once more.

Where an answer was lost, the office may do what it was asked for after it has done what came next: a late form
revives what was cancelled since. So the application is asked about once more, whatever has become of it,
when the office works on nothing for so long; one that is given up here and revived there is cancelled again,
and so is one that has its document only then.
Where no answer was lost, whoever has given it up or marked it to be deleted there is one of the office's people: that
is not undone by itself, but shown as lost, and a person has it taken up again, or cancels it here.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from tramita.kit.attempt import Attempt
from tramita.kit.database.conditions import one_of
from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations.standing import has_operation
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.transfers.acts import TELL_PAYMENT
from tramita.transfers.following import follow_office
from tramita.transfers.journey.ending import follow
from tramita.transfers.office.loading import WANTED
from tramita.transfers.office.messages import DUE_SINCE, list_missed
from tramita.transfers.office.records import (
    record_documents,
    record_losses,
    record_taken_away,
    settle_doubts,
    unsay_payments,
)
from tramita.transfers.office.settings import OfficeSettings
from tramita.transfers.office.wanting import note_due
from tramita.transfers.ports import BackOffice, OfficeDocument
from tramita.transfers.rows import lock_applications

log = structlog.get_logger(__name__)

LOOK: Final = "transfers.look_there"
JOB: Final = "transfers.ask_whether_there"
_BATCH: Final = 5
_MOST: Final = 200

_OURS: Final = "LIKE 'transfers.%'"
_DUE: Final = f"""
    SELECT s.application_id AS id FROM office_standings AS s
    JOIN applications AS a ON a.id = s.application_id
    WHERE {one_of("a.state", WANTED)} AND a.onec_ref IS NOT NULL AND s.lost_at IS NULL
      AND coalesce(s.looked_at, '-infinity') < tramita_now() - $1::interval
      AND NOT {has_operation("a.id", _OURS)}
    ORDER BY s.looked_at NULLS FIRST LIMIT $2
"""  # noqa: S608 - constants
# What could not be asked about for a week is as it is.
_IN_DOUBT: Final = f"""
    SELECT s.application_id AS id FROM office_standings AS s
    JOIN applications AS a ON a.id = s.application_id
    WHERE s.doubted_at < tramita_now() - $1::interval AND s.doubted_at > tramita_now() - interval '7 days'
      AND s.lost_at IS NULL AND NOT {has_operation("a.id", _OURS)}
    ORDER BY s.doubted_at LIMIT $2
"""  # noqa: S608 - constants
_QUIET: Final = f"""
    SELECT a.id, a.state, a.onec_ref, coalesce(a.onec_revision, 0) AS onec_revision, a.version, s.is_cancelled,
           s.doubted_at IS NOT NULL AS is_doubted
    FROM applications AS a JOIN office_standings AS s ON s.application_id = a.id
    WHERE a.id = ANY($1::uuid[]) AND NOT {has_operation("a.id", _OURS)}
"""  # noqa: S608 - constants


async def look_there(runtime: Runtime) -> None:
    """Have those asked about that nobody has asked about for long, and those of which an answer was lost."""
    settings = runtime.configured(OfficeSettings)
    due = await runtime.database.fetch(_DUE, timedelta(hours=settings.look_hours), _MOST)
    doubted = await runtime.database.fetch(_IN_DOUBT, settings.believed_after, _MOST)
    ids = sorted({row["id"] for row in (*due, *doubted)})
    async with runtime.database.unit_of_work(actor=LOOK) as work:
        for first in range(0, len(ids), _BATCH):
            batch = ids[first : first + _BATCH]
            work.enqueue(JOB, key=f"look:{batch[0]}", application_ids=batch)


async def ask_whether_there(runtime: Runtime, application_ids: list[UUID]) -> None:
    """Ask about some, one after the other: each question is a session there."""
    rows = await runtime.database.fetch(
        "SELECT s.application_id AS id, s.provider, a.onec_ref, a.version FROM office_standings AS s "
        "JOIN applications AS a ON a.id = s.application_id WHERE a.id = ANY($1::uuid[]) ORDER BY a.id",
        application_ids,
    )
    said: dict[UUID, OfficeDocument | None] = {}
    for row in rows:
        office = runtime.gateway(BackOffice, row["provider"])
        found = await office.find_application(
            str(row["id"]), Attempt(row["id"], f"look:{row['id']}")
        )
        if isinstance(found, Done):
            said[row["id"]] = found.value
    await _record(runtime, said, {row["id"]: row for row in rows})


async def _record(
    runtime: Runtime,
    said: Mapping[UUID, OfficeDocument | None],
    asked: Mapping[UUID, asyncpg.Record],
) -> None:
    async with runtime.database.unit_of_work(actor=JOB) as work:
        await lock_applications(work, sorted(said))
        rows = await work.fetch(_QUIET, sorted(said))
        # Of one that is being sent, or was sent meanwhile, this answer may be too old.
        quiet = {row["id"]: row for row in rows if row["onec_ref"] == asked[row["id"]]["onec_ref"]}
        found = {id_: one for id_, one in said.items() if one is not None and id_ in quiet}
        later = [
            id_ for id_, one in found.items() if one.accepted_revision > quiet[id_]["onec_revision"]
        ]
        heard = {id_: one.heard for id_, one in found.items() if one.heard is not None}
        missed = await list_missed(work, heard)
        for act in DUE_SINCE:
            await note_due(work, act, [*later, *missed[act]])
        await unsay_payments(work, missed[TELL_PAYMENT])
        for id_, one in found.items():
            if quiet[id_]["is_cancelled"] and not one.is_cancelled:
                log.warning(
                    "revived_in_1c", application_id=str(id_), revision=one.accepted_revision
                )
        await record_documents(work, found)
        # What is given up may be gone there, and what never came there is not lost.
        was_there = {id_ for id_, row in quiet.items() if row["onec_ref"] is not None}
        await record_losses(
            work, [id_ for id_ in was_there if said[id_] is None and quiet[id_]["state"] in WANTED]
        )
        await record_taken_away(
            work,
            [
                id_
                for id_, one in found.items()
                if one.is_cancelled and _is_theirs(quiet[id_], asked[id_])
            ],
        )
        await settle_doubts(work, list(quiet), runtime.configured(OfficeSettings).believed_after)
        await follow(work, sorted(found))
        await follow_office(work, sorted(said))


def _is_theirs(row: asyncpg.Record, asked: asyncpg.Record) -> bool:
    """Whether it was given up by nobody here, not even before it was taken up again."""
    is_ours = row["is_cancelled"] or row["is_doubted"] or row["version"] != asked["version"]
    return row["state"] in WANTED and not is_ours


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, ask_whether_there, 1)]
SCHEDULES: Final[list[Schedule[Runtime]]] = [Schedule(LOOK, "*/10 * * * *", look_there)]
