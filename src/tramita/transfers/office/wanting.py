"""What is wanted in a back office, as applications move here.

An application that counts has a document there with its newest form; one that was given up has one
that is given up, or none. Whatever moves one or the other compares the two, with the application
locked, and wants what is missing: each act does so too when it ends, so that nothing depends on
which of them came first. What an act says is read when it is carried out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.operations.kind import ActName
from tramita.kit.operations.standing import live
from tramita.transfers.acts import (
    CANCEL,
    REQUEST_DOCUMENT,
    SEND,
    TELL_AGENT,
    TELL_FILES,
    TELL_PAYMENT,
    UPDATE,
)
from tramita.transfers.lifecycle import UNCHECKED, ApplicationState, PaymentState
from tramita.transfers.model import Application
from tramita.transfers.office.loading import DOCUMENTED, WANTED
from tramita.transfers.office.messages import DUE_SINCE, KINDS, Wanted, want
from tramita.transfers.office.settings import OfficeSettings
from tramita.transfers.rules.kinds import IN_ONEC, Kind

GATHER_FILES: Final = "transfers.gather_files"

# What is said of a payment on our side; everything else is the office's own word.
OUR_WORDS: Final = frozenset(
    {
        PaymentState.NONE,
        PaymentState.TEST_SENT,
        PaymentState.TEST_OK,
        PaymentState.CLIENT_SENT,
    }
)
_GIVEN_UP: Final = UNCHECKED | {ApplicationState.CANCELLED}


class NotLost(ConflictError):
    """The back office has the application: sending it again would make another of it."""


@dataclass(frozen=True, slots=True)
class _There:
    """What the office has of an application."""

    provider: str
    refused_revision: int | None
    is_cancelled: bool
    payment_told: str | None
    is_agent_due: bool
    are_files_due: bool
    is_lost: bool


async def bring_in_line(work: UnitOfWork, application: Application) -> None:
    """Want what is missing for a locked application to stand in the office as it does here."""
    if Kind(application.kind) not in IN_ONEC:
        return
    state = ApplicationState(application.state)
    is_there = application.onec_ref is not None
    if state not in WANTED and not (is_there and state in _GIVEN_UP | DOCUMENTED):
        return
    there = await _there(work, application)
    if there.is_lost:
        return
    for act in _missing(application, state, there):
        await want(work, Wanted(act, application, application.id, there.provider))
    due = _due(application, state, there)
    # Not before a form is settled that may say it as it was: its answer may be lost, and the office
    # may carry it out when it has heard the newer word already. Once the office has that revision,
    # whatever comes of it later changes nothing.
    if due and not await live(work, [application.id], [UPDATE]):
        for act in due:
            await want(work, Wanted(act, application, application.id, there.provider))


def _missing(application: Application, state: ApplicationState, there: _There) -> list[ActName]:
    """What brings its document to where the application is, and the word on its money."""
    if state in _GIVEN_UP:
        return [] if there.is_cancelled else [CANCEL]
    if state not in WANTED:
        return []
    is_there = application.onec_ref is not None
    acts: list[ActName] = []
    # What was refused would be refused once more.
    if there.refused_revision != application.revision:
        if not is_there:
            acts = [SEND]
        elif application.onec_revision != application.revision or there.is_cancelled:
            acts = [UPDATE]
    return [*acts, TELL_PAYMENT] if is_there and _has_news(application, there) else acts


def _due(application: Application, state: ApplicationState, there: _There) -> list[ActName]:
    """What a form says as well, and the office has heard otherwise, or not at all."""
    if application.onec_ref is None:
        return []
    agent = [TELL_AGENT] if there.is_agent_due and state in WANTED else []
    files = [TELL_FILES] if there.are_files_due and state in DOCUMENTED else []
    return [*agent, *files]


async def want_document(work: UnitOfWork, application: Application, job_id: UUID) -> None:
    """The office makes a document that somebody asked for."""
    there = await _there(work, application)
    await want(work, Wanted(REQUEST_DOCUMENT, application, job_id, there.provider))


async def want_files(work: UnitOfWork, application: Application) -> None:
    """The office is to hear of a file that people put there, with those that come in a moment."""
    if await note_due(work, TELL_FILES, [application.id]):
        pause = timedelta(seconds=work.configured(OfficeSettings).files_after)
        work.enqueue(GATHER_FILES, delay=pause or None, application_id=application.id)


async def note_due(work: UnitOfWork, act: ActName, ids: Sequence[UUID]) -> bool:
    """The office is to hear what ``act`` says of these; False: it neither has them nor is about to.

    Later than the change before, and than the message that was wanted of it, however long ago whoever
    waited for them has begun.
    """
    since = DUE_SINCE[act]
    rows = await work.fetch(
        f"UPDATE office_standings AS s SET {since} = greatest(tramita_now(), "  # noqa: S608 - ours
        f"greatest(s.{since}, (SELECT max(m.created_at) FROM office_messages AS m "
        "WHERE m.subject_id = s.application_id AND m.kind = $2 AND m.direction = 'out')) "
        "+ interval '1 microsecond') "
        "WHERE s.application_id = ANY($1::uuid[]) RETURNING s.application_id",
        list(ids),
        KINDS[act.name],
    )
    return bool(rows)


async def send_again(work: UnitOfWork, application: Application) -> None:
    """A person has what the office has lost sent once more; raises ``NotLost``.

    What its people have only taken away is the same document still, and is taken up again.
    """
    rows = await work.fetch(
        "SELECT is_cancelled FROM office_standings WHERE application_id = $1 AND lost_at IS NOT NULL",
        application.id,
    )
    if not rows:
        raise NotLost
    if rows[0]["is_cancelled"]:
        await work.fetch(
            "UPDATE office_standings SET lost_at = NULL WHERE application_id = $1", application.id
        )
        await bring_in_line(work, application)
        return
    await work.fetch(
        "UPDATE office_standings SET lost_at = NULL, refused_revision = NULL, refusal_code = NULL, "
        "refusal = NULL, refused_kind = NULL, payment_told = NULL, agent_due_at = NULL, "
        "files_due_at = NULL WHERE application_id = $1",
        application.id,
    )
    application.onec_ref = application.onec_number = application.onec_link = None
    application.onec_date = application.onec_revision = None
    await work.session.flush()
    await bring_in_line(work, application)


def _has_news(application: Application, there: _There) -> bool:
    payment = PaymentState(application.payment_state)
    return payment in OUR_WORDS and payment != (there.payment_told or PaymentState.NONE)


async def _there(work: UnitOfWork, application: Application) -> _There:
    """What the office has; it is with the office that its tenant had when it was first sent."""
    rows = await work.fetch(
        "INSERT INTO office_standings (application_id, provider) "
        "SELECT $1, back_office FROM tenants WHERE key = $2 "
        "ON CONFLICT (application_id) DO UPDATE SET provider = office_standings.provider "
        "RETURNING provider, refused_revision, is_cancelled, payment_told, "
        "agent_due_at IS NOT NULL AS is_agent_due, files_due_at IS NOT NULL AS are_files_due, "
        "lost_at IS NOT NULL AS is_lost",
        application.id,
        application.tenant,
    )
    return _There(**dict(rows[0]))
