"""Writing down what a back office says of applications that it was told of."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.transfers.office.standing import REFUSAL
from tramita.transfers.ports import OfficeDocument


async def record_documents(work: UnitOfWork, found: Mapping[UUID, OfficeDocument]) -> None:
    """The documents of locked applications; whatever was refused before, or lost, is there now."""
    documents = list(found.values())
    await work.fetch(
        """
        UPDATE applications AS a SET onec_ref = d.ref, onec_number = d.number, onec_date = d.date,
               onec_link = d.link, onec_revision = d.revision
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::int[])
            AS d(id, ref, number, date, link, revision)
        WHERE a.id = d.id
        """,
        list(found),
        [one.ref for one in documents],
        [one.number for one in documents],
        [one.date for one in documents],
        [one.link for one in documents],
        [one.accepted_revision for one in documents],
    )
    await work.fetch(
        """
        UPDATE office_standings AS s SET refusal_code = NULL, refusal = NULL, refused_revision = NULL,
               lost_at = NULL, is_cancelled = d.is_cancelled, looked_at = tramita_now()
        FROM unnest($1::uuid[], $2::boolean[]) AS d(id, is_cancelled) WHERE s.application_id = d.id
        """,
        list(found),
        [one.is_cancelled for one in documents],
    )


async def record_refusal(
    work: UnitOfWork, application_id: UUID, code: str, text: str, revision: int | None
) -> None:
    """The office does not take an application as ``revision`` of it says, in its own words.

    ``None``: what it was told does not depend on that; it is the one that stands here.
    """
    await work.fetch(
        "UPDATE office_standings AS s SET refusal_code = $2, refusal = $3, "
        "refused_revision = coalesce($4::int, a.revision) FROM applications AS a "
        "WHERE a.id = s.application_id AND s.application_id = $1",
        application_id,
        code,
        work.keys.encrypt(text, REFUSAL),
        revision,
    )


async def record_losses(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """It was there and is not any more: the base was restored from an old copy, or somebody deleted it."""
    await work.fetch(
        "UPDATE office_standings SET lost_at = coalesce(lost_at, tramita_now()) "
        "WHERE application_id = ANY($1::uuid[])",
        list(ids),
    )


async def record_cancelled(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """The office has given these up."""
    await work.fetch(
        "UPDATE office_standings SET is_cancelled = true WHERE application_id = ANY($1::uuid[])",
        list(ids),
    )


async def record_payments_told(work: UnitOfWork, told: Mapping[UUID, str]) -> None:
    """The office has heard this of their payments."""
    await work.fetch(
        "UPDATE office_standings AS s SET payment_told = t.payment "
        "FROM unnest($1::uuid[], $2::text[]) AS t(id, payment) WHERE s.application_id = t.id",
        list(told),
        list(told.values()),
    )


async def record_agents_told(work: UnitOfWork, operations: Sequence[UUID]) -> None:
    """The office knows whose these are; of whoever came after the number of such a message it is to hear.

    An act that is repeated says who it is by then, under a number that the office may have heard.
    """
    await work.fetch(
        "UPDATE office_standings AS s SET agent_due_at = NULL FROM office_messages AS m "
        "WHERE m.operation_id = ANY($1::uuid[]) AND s.application_id = m.application_id "
        "AND s.agent_due_at <= m.created_at",
        list(operations),
    )
