"""``transfers.tell_payment``: the office hears what is said of the money on our side.

It may be repeated: the same word twice is the same. What was said anew meanwhile is told anew, under
a number of its own.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Outcome
from tramita.kit.transitions import reason_of
from tramita.transfers.acts import TELL_PAYMENT
from tramita.transfers.documents import DocumentKind
from tramita.transfers.journey.ending import begin_ending, end, refuse_marked
from tramita.transfers.journey.send_application import AT_ONCE, repeatable
from tramita.transfers.journey.telling import find_listener
from tramita.transfers.lifecycle import PaymentState
from tramita.transfers.naming.reasons import OFFICES_WORD
from tramita.transfers.office.loading import load_files
from tramita.transfers.office.messages import numbers_of
from tramita.transfers.office.records import record_payments_told
from tramita.transfers.office.wanting import OUR_WORDS
from tramita.transfers.ports import AttachedFile, BackOffice, PaymentTold

# Agents say why they speak for the client.
_PAYMENTS: Final = """
    SELECT a.id, a.payment_state, coalesce(a.payment_moved_at, a.updated_at) AS at, h.note
    FROM applications AS a LEFT JOIN LATERAL (
        SELECT note FROM history
        WHERE subject = 'applications' AND subject_id = a.id AND to_state = a.payment_state
        ORDER BY at DESC LIMIT 1
    ) AS h ON true
    WHERE a.id = ANY($1::uuid[])
"""


async def _load(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, PaymentTold]:
    numbers, files = await numbers_of(work, TELL_PAYMENT, ids), await load_files(work, ids)
    return {
        row["id"]: PaymentTold(
            str(row["id"]),
            numbers.get(row["id"], 0),
            row["payment_state"],
            row["at"],
            reason_of(work.keys, row["note"]) or "",
            _newest_proof(files[row["id"]]),
        )
        for row in await work.fetch(_PAYMENTS, list(ids))
    }


def _newest_proof(files: Sequence[AttachedFile]) -> AttachedFile | None:
    proofs = [one for one in files if one.kind == DocumentKind.PAYMENT_PROOF]
    return proofs[-1] if proofs else None


def _why_not(told: PaymentTold) -> str | None:
    is_ours = PaymentState(told.status) in OUR_WORDS
    return None if is_ours else OFFICES_WORD


async def _tell(office: BackOffice, told: PaymentTold, attempt: Attempt) -> Outcome[None]:
    return await office.set_payment_status(told, attempt)


async def _find(office: BackOffice, told: PaymentTold, attempt: Attempt) -> Outcome[None] | None:
    return await find_listener(office, told.external_id, attempt)


async def _record(work: UnitOfWork, results: Sequence[Result[PaymentTold, None]]) -> None:
    await begin_ending(work, results)
    heard = [one.task for one in results if one.trigger is OperationTrigger.DONE]
    told = {one.operation.subject_id: one.request.status for one in heard}
    await record_payments_told(work, told, [one.operation.id for one in heard])
    await end(work, TELL_PAYMENT, results)


TELLING: Final[Act[PaymentTold, None]] = Act(
    name=TELL_PAYMENT,
    load=_load,
    call=_tell,
    ask=_find,
    unwanted=_why_not,
    record=_record,
    refuse=partial(refuse_marked, TELL_PAYMENT),
    reference=lambda _: None,
    caution=repeatable,
    keeps_codes=True,
    concurrency=AT_ONCE,
)
