"""A back office that cannot be called fetches what we have to tell it, and says what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.doubts import end_pending, withdraw
from tramita.kit.operations.lifecycle import OperationState, OperationTrigger
from tramita.kit.operations.standing import in_states
from tramita.transfers.acts import REQUEST_DOCUMENT
from tramita.transfers.documents import move_job
from tramita.transfers.errors import invalid
from tramita.transfers.following import follow_office
from tramita.transfers.journey.cancel_application import CANCELLING
from tramita.transfers.journey.ending import follow, refuse
from tramita.transfers.journey.request_document import REQUESTING, Asking
from tramita.transfers.journey.send_application import SENDING
from tramita.transfers.journey.tell_agent import NAMING, Naming
from tramita.transfers.journey.tell_files import FILING, Filing
from tramita.transfers.journey.tell_payment import TELLING
from tramita.transfers.journey.update_application import UPDATING
from tramita.transfers.lifecycle import DocumentJobTrigger
from tramita.transfers.naming.reasons import NOT_AWAITED
from tramita.transfers.office.loading import Sending
from tramita.transfers.office.messages import ACT_OF, KINDS, settle_messages
from tramita.transfers.office.records import (
    record_cancelled,
    record_documents,
    record_payments_told,
    record_told,
)
from tramita.transfers.ports import TO_BE_FETCHED, Acknowledged, OfficeNotices, OfficeRefusal
from tramita.transfers.rows import lock_applications

MOST: Final = 100
_ACTS: Final[Mapping[str, Any]] = {
    KINDS[act.name.name]: act
    for act in (SENDING, UPDATING, CANCELLING, TELLING, NAMING, FILING, REQUESTING)
}
_WAITING: Final = f"""
    SELECT m.message_no, m.kind, m.external_id, m.subject_id, m.operation_id
    FROM office_messages AS m JOIN operations AS o ON o.id = m.operation_id
    WHERE m.tenant = $1 AND m.direction = 'out' AND m.state = 'sent' AND m.message_no > $2
      AND {in_states("o", OperationState.PENDING)} AND o.reference = $3
    ORDER BY m.message_no LIMIT $4
"""  # noqa: S608 - ours
_HAND_OUT: Final = """
    UPDATE office_messages AS m SET fetched_at = tramita_now(), revision = a.revision
    FROM applications AS a WHERE a.id = m.application_id AND m.operation_id = ANY($1::uuid[])
"""
_FETCHED: Final = """
    SELECT m.kind, m.application_id, m.subject_id, m.operation_id, m.state, m.revision,
           m.kind = 'payment' AND a.payment_moved_at > m.fetched_at AS is_outdated
    FROM office_messages AS m JOIN applications AS a ON a.id = m.application_id
    WHERE m.tenant = $1 AND m.direction = 'out' AND m.message_no = $2
"""


async def list_to_fetch(
    work: UnitOfWork, tenant: str, notices: OfficeNotices, *, after: int, limit: int
) -> list[dict[str, Any]]:
    """Our messages from ``after`` on that wait, as they are to be read now; asking changes nothing.

    But for what nobody wants any more: that is withdrawn, and not told.
    """
    rows = await work.fetch(_WAITING, tenant, after, TO_BE_FETCHED, min(limit, MOST))
    await work.fetch(_HAND_OUT, [row["operation_id"] for row in rows])
    found = [await _written(work, row, notices) for row in rows]
    return [one for one in found if one is not None]


async def _written(
    work: UnitOfWork, row: asyncpg.Record, notices: OfficeNotices
) -> dict[str, Any] | None:
    act = _ACTS[row["kind"]]
    request = (await act.load(work, [row["subject_id"]]))[row["subject_id"]]
    if act.unwanted(request) is not None:
        await withdraw(work, [row["operation_id"]], cause=NOT_AWAITED)
        await settle_messages(work, [row["operation_id"]], "refused")
        return None
    said: object = request
    if isinstance(request, Sending):
        given_up = {"external_id": row["external_id"], "reason": request.reason or ""}
        said = given_up if act is CANCELLING else request.application
    elif isinstance(request, Asking):
        said = request.request
    elif isinstance(request, Naming | Filing):
        said = request.told
    return {
        "message_no": row["message_no"],
        "external_id": row["external_id"],
        **notices.write_message(row["kind"], said),
    }


async def acknowledge(
    work: UnitOfWork, tenant: str, acknowledged: Sequence[Acknowledged]
) -> list[int]:
    """Take what an office says of messages that it fetched; answers those that it says it for first.

    Of a payment that has moved since nothing is taken: it is to be fetched anew.
    Raises ``InvalidError`` for a number that was never given, and for a document that is missing.
    """
    ended: list[tuple[asyncpg.Record, Acknowledged]] = []
    for one in sorted(acknowledged, key=lambda said: said.message_no):
        rows = await work.fetch(_FETCHED, tenant, one.message_no)
        if not rows:
            raise invalid("message_no", "unknown_message", f"There is no message {one.message_no}.")
        is_waiting = rows[0]["state"] == "sent" and not rows[0]["is_outdated"]
        if is_waiting and await _end(work, rows[0], one):
            ended.append((rows[0], one))
    # All of them, before anything is wanted: that draws a number, for which others wait.
    await lock_applications(work, [row["application_id"] for row, _ in ended])
    for row, one in ended:
        await _follow(work, row, one)
    return [one.message_no for _, one in ended]


async def _end(work: UnitOfWork, row: asyncpg.Record, said: Acknowledged) -> bool:
    trigger = OperationTrigger.REFUSED if said.refused else OperationTrigger.DONE
    cause = OfficeRefusal.POSTING_REFUSED if said.refused else "1C has fetched it, and says so."
    act = ACT_OF[row["kind"]]
    if not await end_pending(work, act, row["subject_id"], trigger, cause=cause):
        return False
    await settle_messages(
        work, [row["operation_id"]], "refused" if said.refused else "acknowledged"
    )
    return True


async def _follow(work: UnitOfWork, row: asyncpg.Record, said: Acknowledged) -> None:
    subject, application = row["subject_id"], row["application_id"]
    if said.refused and ACT_OF[row["kind"]] is REQUEST_DOCUMENT:
        await move_job(work, subject, DocumentJobTrigger.FAIL, reason=said.refused)
    elif said.refused:
        why = f"{OfficeRefusal.POSTING_REFUSED}: {said.refused}"
        await refuse(work, application, ACT_OF[row["kind"]], why, revision=row["revision"])
    else:
        await _record(work, row, said)
        await follow(work, [application])
    await follow_office(work, [application])


async def _record(work: UnitOfWork, row: asyncpg.Record, said: Acknowledged) -> None:
    application: UUID = row["application_id"]
    match row["kind"]:
        case "application" | "update":
            if said.document is None or said.document.external_id != str(application):
                raise invalid("document", "missing", "The application's document is needed.")
            await record_documents(work, {application: said.document})
        case "cancel":
            await record_cancelled(work, [application])
        case "payment":
            rows = await work.fetch(
                "SELECT payment_state FROM applications WHERE id = $1", application
            )
            told = {application: rows[0]["payment_state"]}
            await record_payments_told(work, told, [row["operation_id"]])
        case "agent" | "files":
            await record_told(work, ACT_OF[row["kind"]], [application], [row["operation_id"]])
        case _:
            await move_job(work, row["subject_id"], DocumentJobTrigger.GENERATE)
