"""Numbered messages: what a back office told us, and what we have to tell it.

Each direction counts by itself. A number that comes again is the same message; one that is missing
is seen. Ours are written in the unit of work that wants them, each with its outside act.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.types import encrypted
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger
from tramita.kit.operations.kind import ActName
from tramita.kit.operations.standing import live
from tramita.transfers.acts import (
    ACTS,
    CANCEL,
    REQUEST_DOCUMENT,
    SEND,
    TELL_AGENT,
    TELL_FILES,
    TELL_PAYMENT,
    UPDATE,
)
from tramita.transfers.model import Application

BODY: Final = encrypted("office_messages.body")
ANSWER: Final = encrypted("office_messages.answer")

# What our messages are called outside.
KINDS: Final[Mapping[str, str]] = {
    SEND.name: "application",
    UPDATE.name: "update",
    CANCEL.name: "cancel",
    TELL_PAYMENT.name: "payment",
    TELL_AGENT.name: "agent",
    TELL_FILES.name: "files",
    REQUEST_DOCUMENT.name: "document_request",
}
ACT_OF: Final = {KINDS[act.name]: act for act in ACTS}
# Those that bring a form there, at some revision.
OF_FORMS: Final = frozenset({KINDS[SEND.name], KINDS[UPDATE.name]})
# What is said besides: whether it is taken or not, the application stands there as it did.
BESIDES: Final = frozenset(KINDS[act.name] for act in (TELL_PAYMENT, TELL_AGENT, TELL_FILES))
# What a form says as well, and may say wrongly when it comes late; and where it is noted since when the
# office is to hear of it.
DUE_SINCE: Final[Mapping[ActName, str]] = {TELL_AGENT: "agent_due_at", TELL_FILES: "files_due_at"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An outside act that is wanted about ``subject``, of an application."""

    act: ActName
    application: Application
    subject: UUID
    provider: str


async def want(work: UnitOfWork, wanted: Wanted) -> bool:
    """Write the act with its numbered message; False: the same is under way already.

    Whoever calls has the application locked.
    """
    one = wanted.application
    if await live(work, [wanted.subject], [wanted.act]):
        return False
    number = await _next_number(work, one.tenant)
    key = f"{one.id}:{one.revision}:{number}"
    prepared = await ledger.prepare(
        work, wanted.act, {wanted.subject: key}, provider=wanted.provider
    )
    await work.fetch(
        """
        INSERT INTO office_messages (id, tenant, direction, message_no, kind, external_id,
                                     application_id, subject_id, operation_id, revision, state,
                                     tries, created_at)
        VALUES ($1, $2, 'out', $3, $4, $5::uuid::text, $5, $6, $7, $8, 'sent', 0, tramita_now())
        """,
        new_id(),
        one.tenant,
        number,
        KINDS[wanted.act.name],
        one.id,
        wanted.subject,
        prepared[wanted.subject],
        one.revision,
    )
    return True


async def settle_messages(work: UnitOfWork, operations: Sequence[UUID], state: str) -> None:
    """What became of our messages, by their acts."""
    await work.fetch(
        "UPDATE office_messages SET state = $2, handled_at = tramita_now() "
        "WHERE operation_id = ANY($1::uuid[]) AND state = 'sent'",
        list(operations),
        state,
    )


async def settle_marked(work: UnitOfWork, act: ActName, subjects: Sequence[UUID]) -> None:
    """Our messages about these were given up by a person."""
    await work.fetch(
        "UPDATE office_messages SET state = 'refused', handled_at = tramita_now() "
        "WHERE subject_id = ANY($1::uuid[]) AND kind = $2 AND direction = 'out' AND state = 'sent'",
        list(subjects),
        KINDS[act.name],
    )


async def numbers_of(work: UnitOfWork, act: ActName, subjects: Sequence[UUID]) -> dict[UUID, int]:
    """The newest message's number, by what it is about."""
    rows = await work.fetch(
        "SELECT subject_id, max(message_no) AS number FROM office_messages "
        "WHERE subject_id = ANY($1::uuid[]) AND kind = $2 AND direction = 'out' GROUP BY subject_id",
        list(subjects),
        KINDS[act.name],
    )
    return {row["subject_id"]: row["number"] for row in rows}


async def list_missed(
    work: UnitOfWork, heard: Mapping[UUID, int]
) -> Mapping[ActName, Sequence[UUID]]:
    """What these offices have taken besides forms, and do not know any more: by act, about which applications.

    ``heard`` is the highest number that each application's document bears there.
    """
    rows = await work.fetch(
        "SELECT DISTINCT m.application_id, m.kind FROM office_messages AS m "
        "JOIN unnest($1::uuid[], $2::bigint[]) AS h(id, heard) ON m.application_id = h.id "
        "WHERE m.direction = 'out' AND m.state = 'acknowledged' AND m.message_no > h.heard "
        "AND m.kind = ANY($3::text[]) ORDER BY 1, 2",
        list(heard),
        list(heard.values()),
        sorted(BESIDES),
    )
    return {
        ACT_OF[kind]: [row["application_id"] for row in rows if row["kind"] == kind]
        for kind in BESIDES
    }


async def _next_number(work: UnitOfWork, tenant: str) -> int:
    rows = await work.fetch(
        "INSERT INTO office_numbers (tenant, last) VALUES ($1, 1) "
        "ON CONFLICT (tenant) DO UPDATE SET last = office_numbers.last + 1 RETURNING last",
        tenant,
    )
    number: int = rows[0]["last"]
    return number
