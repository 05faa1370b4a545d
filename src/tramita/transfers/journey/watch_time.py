"""What time does to applications, and what waits for somebody to come back to the list.

``transfers.watch_time`` ends offers whose time is over and cancels ordinary applications whose deadline
has passed without an accepted offer. Only ordinary ones have either: nothing else is looked at. It also ends
requests for documents: those that stand in their chat, and those of which nothing came for too long.
``transfers.consider_conditions`` looks again at what 1C has offered on an agent's applications.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tramita.kit.database.conditions import one_of
from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations.standing import has_operation
from tramita.kit.runtime import Runtime
from tramita.transfers.acts import REQUEST_DOCUMENT
from tramita.transfers.agents import CONSIDER_JOB
from tramita.transfers.documents import NOTHING_CAME, fail_job, move_job
from tramita.transfers.lifecycle import (
    EDITABLE,
    WAITING_JOBS,
    ApplicationState,
    ApplicationTrigger,
    DocumentJobState,
    DocumentJobTrigger,
    OfferState,
    OfferTrigger,
)
from tramita.transfers.naming.reasons import TOO_LATE
from tramita.transfers.offers import consider, get_offer, move_offer
from tramita.transfers.office.settings import OfficeSettings
from tramita.transfers.rows import lock_application
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import move_application
from tramita.transfers.who import Who

RUN: Final = "transfers.watch_time"
_AT_ONCE: Final = 200
_RUN_OUT: Final = f"""
    SELECT o.id, o.application_id FROM offers AS o
    WHERE o.valid_until <= tramita_now() AND {one_of("o.state", [OfferState.SUBMITTED])}
    ORDER BY o.valid_until, o.id LIMIT $1
"""  # noqa: S608 - ours
_DUE: Final = f"""
    SELECT id FROM applications WHERE deadline < $1 AND {one_of("state", EDITABLE)}
    ORDER BY deadline, id LIMIT $2
"""  # noqa: S608 - ours
_POSTED: Final = f"""
    SELECT j.id FROM document_jobs AS j
    JOIN application_documents AS d ON d.id = j.document_id
    JOIN chat_deliveries AS c ON c.send_id = d.send_id
    WHERE {one_of("j.state", [DocumentJobState.STORED])} AND c.state = 'delivered'
      AND j.created_at > tramita_now() - interval '30 days'
    ORDER BY j.created_at LIMIT $1
"""  # noqa: S608 - ours
# Of what is asked about still, its own act knows better.
_GONE_QUIET: Final = f"""
    SELECT j.id, j.application_id FROM document_jobs AS j
    WHERE {one_of("j.state", WAITING_JOBS)} AND j.created_at < tramita_now() - $1::interval
      AND NOT {has_operation("j.id", f"= '{REQUEST_DOCUMENT.name}'")}
    ORDER BY j.created_at LIMIT $2
"""  # noqa: S608 - ours
_WAITING: Final = f"""
    SELECT DISTINCT a.id FROM applications AS a JOIN offers AS o ON o.application_id = a.id
    WHERE a.agent_id = $1 AND {one_of("a.state", [ApplicationState.NEW_IN_HOUSE])}
      AND {one_of("o.state", [OfferState.SUBMITTED])} ORDER BY a.id
"""  # noqa: S608 - ours


async def watch_time(runtime: Runtime) -> None:
    """End what has run out, one application at a time: whoever acts on it first is right."""
    await _end_offers(runtime)
    await _cancel_due(runtime)
    await _follow_posted(runtime)
    await _fail_quiet(runtime)


async def _end_offers(runtime: Runtime) -> None:
    for row in await runtime.database.fetch(_RUN_OUT, _AT_ONCE):
        async with runtime.database.unit_of_work(actor=RUN) as work:
            application = await lock_application(work, row["application_id"])
            offer = await get_offer(work, application.id, row["id"])
            if offer.state == OfferState.SUBMITTED:
                await move_offer(work, application, offer, OfferTrigger.EXPIRE)


async def _cancel_due(runtime: Runtime) -> None:
    zone = ZoneInfo(runtime.settings.time_zone)
    async with runtime.database.reading() as work:
        today = (await work.now()).astimezone(zone).date()
        rows = await work.fetch(_DUE, today, _AT_ONCE)
    who = Who(Role.PLATFORM_ADMIN, RUN)
    for row in rows:
        async with runtime.database.unit_of_work(actor=RUN) as work:
            application = await lock_application(work, row["id"])
            # Somebody may have put it off meanwhile.
            is_due = application.deadline is not None and application.deadline < today
            if is_due and application.state in EDITABLE:
                trigger = ApplicationTrigger.CANCEL
                await move_application(work, application.id, trigger, who, reason=TOO_LATE)


async def _follow_posted(runtime: Runtime) -> None:
    """A request whose document stands in the chat is at its end."""
    for row in await runtime.database.fetch(_POSTED, _AT_ONCE):
        async with runtime.database.unit_of_work(actor=RUN) as work:
            await move_job(work, row["id"], DocumentJobTrigger.POST)


async def _fail_quiet(runtime: Runtime) -> None:
    """A request of which nothing came is at its end; a document that comes after all is taken."""
    patience = timedelta(hours=runtime.configured(OfficeSettings).document_hours)
    for row in await runtime.database.fetch(_GONE_QUIET, patience, _AT_ONCE):
        async with runtime.database.unit_of_work(actor=RUN) as work:
            await fail_job(work, row["application_id"], row["id"], NOTHING_CAME)


async def consider_conditions(runtime: Runtime, agent_id: UUID) -> None:
    """Accept what waited for an agent to be on the list again, where nothing else is against it."""
    for row in await runtime.database.fetch(_WAITING, agent_id):
        async with runtime.database.unit_of_work(actor=CONSIDER_JOB) as work:
            await consider(work, await lock_application(work, row["id"]))


JOBS: Final[Sequence[Job[Runtime]]] = (Job(CONSIDER_JOB, consider_conditions),)
SCHEDULES: Final[Sequence[Schedule[Runtime]]] = (Schedule(RUN, "*/5 * * * *", watch_time),)
