"""``transfers.send_application``: the office makes the document of an application.

Nobody there may know a repetition. What was sent and not answered is asked about
(``transfers.ask_sent``), and sent again only when the office has gone on saying for the whole grace
that there is nothing. What it refuses is shown to the agent in its own words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act, Caution
from tramita.kit.operations.kind import ActName, Result
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime
from tramita.transfers.acts import SEND
from tramita.transfers.journey.ending import begin_ending, end, refuse_marked
from tramita.transfers.naming.reasons import NOT_UNDER_WAY
from tramita.transfers.office.loading import Sending, load_sendings
from tramita.transfers.office.records import record_documents
from tramita.transfers.office.settings import OfficeSettings
from tramita.transfers.ports import BackOffice, OfficeDocument

# Each call is a session, and perhaps a licence.
AT_ONCE: Final = 1


def caution_of(runtime: Runtime) -> Caution:
    """An office may work on for minutes after nobody listens any more."""
    settings = runtime.configured(OfficeSettings)
    outage = timedelta(seconds=settings.outage_wait)
    return Caution(settings.first_pause, settings.believed_after, outage)


def repeatable(runtime: Runtime) -> Caution:
    """The same of what may be said twice."""
    return replace(caution_of(runtime), may_repeat=True)


def why_not(one: Sending) -> str | None:
    """It need not be there any more."""
    return None if one.is_wanted else NOT_UNDER_WAY


async def _load(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Sending]:
    return await load_sendings(work, SEND, ids)


async def _send(office: BackOffice, one: Sending, attempt: Attempt) -> Outcome[OfficeDocument]:
    return await office.create_application(one.application, attempt)


async def _find(
    office: BackOffice, one: Sending, attempt: Attempt
) -> Outcome[OfficeDocument] | None:
    found = await office.find_application(one.application.external_id, attempt)
    if not isinstance(found, Done):
        return found
    return None if found.value is None else Done(found.value)


async def record_found(
    act: ActName, work: UnitOfWork, results: Sequence[Result[Sending, OfficeDocument | None]]
) -> None:
    """Keep the documents; what was changed or given up meanwhile follows."""
    await begin_ending(work, results)
    found = {one.task.operation.subject_id: one.decision for one in results}
    await record_documents(work, {id_: one for id_, one in found.items() if one is not None})
    await end(work, act, results)


SENDING: Final[Act[Sending, OfficeDocument]] = Act(
    name=SEND,
    load=_load,
    call=_send,
    ask=_find,
    unwanted=why_not,
    record=partial(record_found, SEND),
    refuse=partial(refuse_marked, SEND),
    reference=lambda document: document.ref,
    caution=caution_of,
    keeps_codes=True,
    concurrency=AT_ONCE,
)
