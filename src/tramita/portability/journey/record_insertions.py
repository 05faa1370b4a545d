"""Recording decisions about proposals: many contracts, one transaction.

Locks are taken contracts first and the envelope last, by one statement, because an
envelope of a thousand contracts is the row everybody wants. Whoever brings its
count to zero announces "all done", in this same transaction.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec

from tramita.contracts.service import cancel_contracts, write_backend_records
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import doubts
from tramita.kit.operations.kind import Result
from tramita.kit.transitions import Stateful
from tramita.portability.announcements import count_down
from tramita.portability.financial import financial_of
from tramita.portability.journey.decisions import (
    Accepted,
    Candidate,
    Decision,
    Later,
    Parked,
    Reason,
    Rejected,
)
from tramita.portability.lifecycle import CONTRACT_STATUS, PORTABILITY, PortabilityTrigger
from tramita.portability.ports import ProposalAnswer

PORTABILITIES = Stateful(
    PORTABILITY,
    "envelope_contracts",
    "portability_status",
    {"contract_status": {state: status.value for state, status in CONTRACT_STATUS.items()}},
)


async def record_insertions(
    work: UnitOfWork, results: Sequence[Result[Candidate, Decision]]
) -> None:
    """Write decisions, stop the contracts from being inserted, count envelopes down."""
    decided = {
        one.task.operation.subject_id: one for one in results if not isinstance(one.decision, Later)
    }
    if not decided:
        return
    accepted = [id_ for id_, one in decided.items() if isinstance(one.decision, Accepted)]
    rejected = [id_ for id_, one in decided.items() if isinstance(one.decision, Rejected)]
    parked = [one for one in decided.values() if isinstance(one.decision, Parked)]
    if accepted:
        await PORTABILITIES.move(work, accepted, PortabilityTrigger.ACCEPT)
    if rejected:
        await PORTABILITIES.move(work, rejected, PortabilityTrigger.REJECT)
        await cancel_contracts(work, rejected, "proposal rejected")
    if parked:
        await doubts.park(work, [one.task.operation.id for one in parked])
    finished = await _write_details(work, decided)
    records = {id_: _record(one) for id_, one in decided.items()}
    await write_backend_records(work, {id_: learnt for id_, learnt in records.items() if learnt})
    await count_down(work, finished)


async def _write_details(
    work: UnitOfWork, decided: dict[UUID, Result[Candidate, Decision]]
) -> Counter[UUID]:
    """Store what was learnt; answers per envelope how many stopped being inserted."""
    details = [_details(id_, one) for id_, one in decided.items()]
    rows = await work.fetch(
        """
        WITH details AS (
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[],
                                 $6::text[], $7::text[], $8::text[])
                AS d(id, proposal_key, credit_operation_key, proposal_number, ccb_document_key,
                     signature_url, financial, reasons)
        ), locked AS (
            SELECT c.id, c.is_proposal_being_inserted AS was_being_inserted
            FROM envelope_contracts AS c JOIN details USING (id) ORDER BY c.id FOR UPDATE OF c
        )
        UPDATE envelope_contracts AS c SET
            is_proposal_being_inserted = false,
            proposal_key = coalesce(d.proposal_key, c.proposal_key),
            credit_operation_key = coalesce(d.credit_operation_key, c.credit_operation_key),
            proposal_number = coalesce(d.proposal_number, c.proposal_number),
            ccb_document_key = coalesce(d.ccb_document_key, c.ccb_document_key),
            signature_url = coalesce(d.signature_url, c.signature_url),
            financial = coalesce(d.financial::jsonb, c.financial),
            reasons = d.reasons::jsonb
        FROM locked JOIN details AS d USING (id)
        WHERE c.id = locked.id
        RETURNING c.envelope_id, locked.was_being_inserted
        """,
        *(list(column) for column in zip(*details, strict=True)),
    )
    return Counter(row["envelope_id"] for row in rows if row["was_being_inserted"])


def _record(result: Result[Candidate, Decision]) -> dict[str, object]:
    """What the core's contract shows of its portability."""
    match result.decision:
        case Accepted(answer) | Rejected(_, ProposalAnswer() as answer):
            terms = answer.portability.terms
            return {
                "proposal_key": answer.proposal_key,
                "proposal_number": answer.proposal_number,
                "status": answer.status,
                "monthly_interest_rate": terms.monthly_interest_rate,
                "installment_amount": terms.installments[0].amount,
            }
        case Rejected() | Parked() | Later():
            return {}


def _details(id_: UUID, result: Result[Candidate, Decision]) -> tuple[object, ...]:
    match result.decision:
        case Accepted(answer):
            return _row(id_, answer, _financial(result, answer), ())
        case Rejected(reasons, answer):
            return _row(id_, answer, None, reasons)
        case Parked(reasons):
            return _row(id_, None, None, reasons)
        case Later():
            return _row(id_, None, None, ())


def _financial(result: Result[Candidate, Decision], answer: ProposalAnswer) -> str:
    financial = financial_of(result.task.request.proposal, answer)
    return msgspec.json.encode(financial).decode()


def _row(
    id_: UUID, answer: ProposalAnswer | None, financial: str | None, reasons: Sequence[Reason]
) -> tuple[object, ...]:
    said = msgspec.json.encode(reasons).decode()
    if answer is None:
        return (id_, None, None, None, None, None, financial, said)
    return (
        id_,
        answer.proposal_key,
        answer.portability.key,
        answer.proposal_number,
        answer.portability.document_key,
        answer.signature_url,
        financial,
        said,
    )
