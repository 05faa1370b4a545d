"""How acts about an application end: what the office has is kept, and the rest follows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.kind import ActName, Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.taken import Taken
from tramita.transfers.following import follow_office
from tramita.transfers.model import Application
from tramita.transfers.office.loading import Sending
from tramita.transfers.office.messages import (
    BESIDES,
    KINDS,
    OF_FORMS,
    settle_marked,
    settle_messages,
)
from tramita.transfers.office.records import (
    Refusal,
    note_doubts,
    record_losses,
    record_refused_form,
    record_refused_word,
)
from tramita.transfers.office.wanting import bring_in_line
from tramita.transfers.ports import OfficeRefusal
from tramita.transfers.rows import lock_applications

_OVER = frozenset({OperationTrigger.DONE, OperationTrigger.WITHDRAW})
_MESSAGES = {
    OperationTrigger.DONE: "acknowledged",
    OperationTrigger.REFUSED: "refused",
    OperationTrigger.WITHDRAW: "refused",
}


def subjects_of(results: Sequence[Result[Any, Any]], *triggers: OperationTrigger) -> list[UUID]:
    """What results are about: those that ended so, or all."""
    return [
        one.task.operation.subject_id for one in results if not triggers or one.trigger in triggers
    ]


async def begin_ending(work: UnitOfWork, results: Sequence[Result[Any, Any]]) -> None:
    """Have the applications stay as they are, for all that is written down of them."""
    await lock_applications(work, subjects_of(results))


async def end(work: UnitOfWork, act: ActName, results: Sequence[Result[Any, Any]]) -> None:
    """What follows, once it is written down what the office has."""
    await settle_numbered(work, results)
    if KINDS[act.name] not in BESIDES:
        ended = [one.task.operation for one in results if one.trigger in _MESSAGES]
        await note_doubts(work, [one.subject_id for one in ended if _may_come_late(one)])
    for one in results:
        if one.trigger is OperationTrigger.REFUSED:
            subject, said = one.task.operation.subject_id, one.task.request
            revision = said.application.revision if isinstance(said, Sending) else None
            await refuse(work, subject, act, one.reason or "", revision=revision)
    await follow(work, subjects_of(results, *_OVER))
    await follow_office(work, subjects_of(results))


def _may_come_late(operation: Taken) -> bool:
    """Whether it was sent before this, and not answered as far as can be told."""
    return operation.is_lost or operation.doubt is not None or operation.attempt > 1


async def settle_numbered(work: UnitOfWork, results: Sequence[Result[Any, Any]]) -> None:
    """Each act has a numbered message, which ends as it does."""
    for trigger, state in _MESSAGES.items():
        ended = [one.task.operation.id for one in results if one.trigger is trigger]
        await settle_messages(work, ended, state)


async def follow(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Want what is missing for locked applications."""
    query = select(Application).where(Application.id.in_(ids)).order_by(Application.id)
    fresh = query.execution_options(populate_existing=True)
    for application in (await work.session.scalars(fresh)).all():
        await bring_in_line(work, application)


async def refuse_marked(act: ActName, work: UnitOfWork, ids: Sequence[UUID], why: str) -> None:
    """A person gives up an act that nobody knows the end of."""
    await lock_applications(work, ids)
    await settle_marked(work, act, ids)
    if KINDS[act.name] not in BESIDES:
        await note_doubts(work, ids)
    for id_ in ids:
        await refuse(work, id_, act, f"{OfficeRefusal.OTHER}: {why}")


async def refuse(
    work: UnitOfWork, subject: UUID, act: ActName, why: str, *, revision: int | None = None
) -> None:
    """In the office's own words; what it does not know any more is lost there.

    A form is refused as ``revision`` said (``None``: as it is now); what was changed meanwhile may be
    taken and is sent, and so is what has waited for this one.
    """
    code, _, text = why.partition(": ")
    if code == OfficeRefusal.APPLICATION_UNKNOWN:
        await record_losses(work, [subject])
        return
    refusal = Refusal(KINDS[act.name], code, text or why)
    if refusal.kind in OF_FORMS:
        await record_refused_form(work, subject, refusal, revision)
        await follow(work, [subject])
    else:
        await record_refused_word(work, subject, refusal)
