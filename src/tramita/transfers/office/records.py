"""Writing down what a back office says of applications that it was told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.kind import ActName
from tramita.transfers.acts import CANCEL, TELL_PAYMENT
from tramita.transfers.office.messages import BESIDES, DUE_SINCE, KINDS
from tramita.transfers.office.standing import REFUSAL
from tramita.transfers.ports import OfficeDocument

# What the office believes of a payment that it may have heard two things of under one number.
UNSURE: Final = "unsure"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no to one of our messages, of ``KINDS``: the office's code, and its words."""

    kind: str
    code: str
    text: str


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
        UPDATE office_standings AS s SET refusal_code = NULL, refusal = NULL, refused_kind = NULL,
               refused_revision = NULL, lost_at = NULL, is_cancelled = d.is_cancelled, looked_at = tramita_now()
        FROM unnest($1::uuid[], $2::boolean[]) AS d(id, is_cancelled) WHERE s.application_id = d.id
        """,
        list(found),
        [one.is_cancelled for one in documents],
    )


async def record_refused_form(
    work: UnitOfWork, application_id: UUID, refusal: Refusal, revision: int | None
) -> None:
    """The office does not take an application as ``revision`` of it says; ``None``: the newest one."""
    await work.fetch(
        "UPDATE office_standings AS s SET refusal_code = $2, refusal = $3, refused_kind = $4, "
        "refused_revision = coalesce($5::int, a.revision) FROM applications AS a "
        "WHERE a.id = s.application_id AND s.application_id = $1",
        application_id,
        refusal.code,
        work.keys.encrypt(refusal.text, REFUSAL),
        refusal.kind,
        revision,
    )


async def forget_refused_form(work: UnitOfWork, application_id: UUID) -> None:
    """What was wrong with a form the office has corrected itself."""
    await work.fetch(
        "UPDATE office_standings SET refused_revision = NULL, refusal_code = NULL, refusal = NULL, "
        "refused_kind = NULL WHERE application_id = $1 AND refused_revision IS NOT NULL",
        application_id,
    )


async def record_refused_word(work: UnitOfWork, application_id: UUID, refusal: Refusal) -> None:
    """The office does not take something else that it was told.

    What is wrong with the form itself is shown before what is said besides. A word on the money may have
    been heard before it was refused.
    """
    if refusal.kind == KINDS[TELL_PAYMENT.name]:
        await work.fetch(
            "UPDATE office_standings SET payment_told = $2 WHERE application_id = $1",
            application_id,
            UNSURE,
        )
    await work.fetch(
        "UPDATE office_standings SET refusal_code = $2, refusal = $3, refused_kind = $4 "
        "WHERE application_id = $1 AND (refused_revision IS NULL OR NOT $5::boolean)",
        application_id,
        refusal.code,
        work.keys.encrypt(refusal.text, REFUSAL),
        refusal.kind,
        refusal.kind in BESIDES,
    )


async def _forget_refusals(work: UnitOfWork, ids: Sequence[UUID], act: ActName) -> None:
    """What was refused before is taken by now."""
    await work.fetch(
        "UPDATE office_standings SET refusal_code = NULL, refusal = NULL, refused_kind = NULL "
        "WHERE application_id = ANY($1::uuid[]) AND refused_kind = $2",
        list(ids),
        KINDS[act.name],
    )


async def note_doubts(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """An answer was lost of what was done about these: the office may carry it out yet, after what came then."""
    await work.fetch(
        "UPDATE office_standings SET doubted_at = tramita_now() WHERE application_id = ANY($1::uuid[])",
        list(ids),
    )


async def settle_doubts(work: UnitOfWork, ids: Sequence[UUID], grace: timedelta) -> None:
    """The office has said how these stand; what is in doubt for ``grace`` now was so when it was asked."""
    await work.fetch(
        "UPDATE office_standings SET doubted_at = NULL "
        "WHERE application_id = ANY($1::uuid[]) AND doubted_at < tramita_now() - $2::interval",
        list(ids),
        grace,
    )


async def record_losses(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """It was there and is not any more: the base was restored from an old copy, or somebody deleted it."""
    await work.fetch(
        "UPDATE office_standings SET lost_at = coalesce(lost_at, tramita_now()), is_cancelled = false "
        "WHERE application_id = ANY($1::uuid[])",
        list(ids),
    )


async def record_taken_away(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """It is there, and the office's own people have given it up, or marked it to be deleted: as good as lost."""
    await work.fetch(
        "UPDATE office_standings SET lost_at = coalesce(lost_at, tramita_now()), is_cancelled = true "
        "WHERE application_id = ANY($1::uuid[])",
        list(ids),
    )


async def record_cancelled(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """The office has given these up."""
    await work.fetch(
        "UPDATE office_standings SET is_cancelled = true WHERE application_id = ANY($1::uuid[])",
        list(ids),
    )
    await _forget_refusals(work, ids, CANCEL)


async def record_payments_told(
    work: UnitOfWork, told: Mapping[UUID, str], operations: Sequence[UUID]
) -> None:
    """The office has heard this of their payments; of what was said after its message's number it hears anew.

    An act that is repeated says what is said by then, under a number by which the office may have heard
    something else, or hears it yet: it cannot tell which of the two is the later one.
    """
    await work.fetch(
        """
        UPDATE office_standings AS s
        SET payment_told = CASE WHEN a.payment_moved_at > m.created_at THEN $4 ELSE t.payment END
        FROM unnest($1::uuid[], $2::text[]) AS t(id, payment)
        JOIN applications AS a ON a.id = t.id
        LEFT JOIN office_messages AS m ON m.application_id = a.id AND m.operation_id = ANY($3::uuid[])
        WHERE s.application_id = t.id
        """,
        list(told),
        list(told.values()),
        list(operations),
        UNSURE,
    )
    await _forget_refusals(work, list(told), TELL_PAYMENT)


async def unsay_payments(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """The office has forgotten what it was told of these payments: what is so by now is told anew."""
    await work.fetch(
        "UPDATE office_standings SET payment_told = $2 WHERE application_id = ANY($1::uuid[])",
        list(ids),
        UNSURE,
    )


async def record_told(
    work: UnitOfWork, act: ActName, ids: Sequence[UUID], operations: Sequence[UUID]
) -> None:
    """The office knows of these what ``act`` says; what came after the number of such a message it is to hear.

    An act that is repeated says what is so by then, under a number that the office may have heard.
    """
    since = DUE_SINCE[act]
    await work.fetch(
        f"UPDATE office_standings AS s SET {since} = NULL FROM office_messages AS m "  # noqa: S608 - ours
        "WHERE m.operation_id = ANY($1::uuid[]) AND s.application_id = m.application_id "
        f"AND s.{since} <= m.created_at",
        list(operations),
    )
    await _forget_refusals(work, ids, act)
