"""``transfers.tell_files``: the office hears which files people have put to an application.

They come with its form. What is added afterwards, a contract or the proof of a payment, is told by this:
all that there is by then, so that it may be repeated. Several that come together are told of at once
(``transfers.gather_files``), and what comes meanwhile is told anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Outcome
from tramita.kit.runtime import Runtime
from tramita.transfers.acts import TELL_FILES
from tramita.transfers.journey.ending import begin_ending, end, follow, refuse_marked
from tramita.transfers.journey.send_application import AT_ONCE, repeatable
from tramita.transfers.journey.telling import find_listener
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.model import Application
from tramita.transfers.naming.reasons import NOT_UNDER_WAY
from tramita.transfers.office.loading import DOCUMENTED, load_files
from tramita.transfers.office.messages import numbers_of
from tramita.transfers.office.records import record_told
from tramita.transfers.office.wanting import GATHER_FILES
from tramita.transfers.ports import BackOffice, FilesTold
from tramita.transfers.rows import lock_applications


@dataclass(frozen=True, slots=True)
class Filing:
    """What an application has, and how it stands here."""

    told: FilesTold
    state: ApplicationState


async def _load(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Filing]:
    numbers, files = await numbers_of(work, TELL_FILES, ids), await load_files(work, ids)
    states = select(Application.id, Application.state).where(Application.id.in_(ids))
    return {
        id_: Filing(FilesTold(str(id_), numbers.get(id_, 0), files[id_]), ApplicationState(state))
        for id_, state in await work.session.execute(states)
    }


def _why_not(one: Filing) -> str | None:
    return None if one.state in DOCUMENTED else NOT_UNDER_WAY


async def _tell(office: BackOffice, one: Filing, attempt: Attempt) -> Outcome[None]:
    return await office.set_files(one.told, attempt)


async def _find(office: BackOffice, one: Filing, attempt: Attempt) -> Outcome[None] | None:
    return await find_listener(office, one.told.external_id, attempt)


async def _record(work: UnitOfWork, results: Sequence[Result[Filing, None]]) -> None:
    await begin_ending(work, results)
    heard = [one.task.operation for one in results if one.trigger is OperationTrigger.DONE]
    await record_told(
        work, TELL_FILES, [one.subject_id for one in heard], [one.id for one in heard]
    )
    await end(work, TELL_FILES, results)


async def gather_files(runtime: Runtime, application_id: UUID) -> None:
    """Have those told of that have come by now, if nobody has done so."""
    async with runtime.database.unit_of_work(actor=GATHER_FILES) as work:
        await lock_applications(work, [application_id])
        await follow(work, [application_id])


FILING: Final[Act[Filing, None]] = Act(
    name=TELL_FILES,
    load=_load,
    call=_tell,
    ask=_find,
    unwanted=_why_not,
    record=_record,
    refuse=partial(refuse_marked, TELL_FILES),
    reference=lambda _: None,
    caution=repeatable,
    keeps_codes=True,
    concurrency=AT_ONCE,
)
JOBS: Final[Sequence[Job[Runtime]]] = (*FILING.jobs, Job(GATHER_FILES, gather_files))
