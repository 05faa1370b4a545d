"""Recording decisions about proposals: many contracts, one transaction.

Locks are taken contracts first and the envelope last, by one statement, because an
envelope of a thousand contracts is the row everybody wants. Whoever brings its
count to zero announces "all done", in this same transaction.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

import asyncpg
import msgspec

from tramita.contracts.service import cancel_contracts, write_backend_records
from tramita.kit.database.rows import update_rows
from tramita.kit.database.statement import Statement
from tramita.kit.database.work import UnitOfWork
from tramita.kit.transitions import Stateful
from tramita.portability.announcements import count_down, tell_changes
from tramita.portability.financial import financial_of
from tramita.portability.grouping import want_late_sent
from tramita.portability.journey.compensation import Unwanted, want_gone
from tramita.portability.journey.decisions import (
    Accepted,
    Asking,
    Deciding,
    InsertionResult,
    Later,
    Parked,
    Rejected,
    Withdrawn,
)
from tramita.portability.journey.search_left_alive import search_later
from tramita.portability.later_life.expected_times import UNSIGNED
from tramita.portability.later_life.lives import ask_within
from tramita.portability.lifecycle import (
    CONTRACT_STATUS,
    DEAD,
    PORTABILITY,
    PortabilityStatus,
    PortabilityTrigger,
)
from tramita.portability.ports import ProposalAnswer, Stage
from tramita.portability.reasons import Reason
from tramita.portability.words import OPERATOR_REFUSED

PORTABILITIES = Stateful(
    PORTABILITY,
    "envelope_contracts",
    "portability_status",
    {"contract_status": {state: status.value for state, status in CONTRACT_STATUS.items()}},
)


async def record_insertions(work: UnitOfWork, results: Sequence[InsertionResult]) -> None:
    """Write decisions, stop the contracts from being inserted, count envelopes down.

    A contract may have been cancelled while its proposal was on its way. It stays so,
    and the proposal is cancelled where it lives; where nobody could tell, it is searched for.
    """
    decided = {
        one.task.operation.subject_id: one
        for one in results
        if not isinstance(one.decision, Later | Asking) and not _is_still_deciding(one)
    }
    if not decided:
        return
    accepted = {id_: one for id_, one in decided.items() if isinstance(one.decision, Accepted)}
    rejected = [id_ for id_, one in decided.items() if isinstance(one.decision, Rejected)]
    written = await _write_details(work, decided)
    welcome = {row["id"] for row in written if row["is_moving"]}
    finished = {row["id"]: row["envelope_id"] for row in written if row["was_being_inserted"]}
    if rejected:
        moved = await PORTABILITIES.move(work, rejected, PortabilityTrigger.REJECT)
        await cancel_contracts(work, list(moved), "proposal rejected")
    gone_on = [id_ for id_, one in accepted.items() if _has_gone_on(one)]
    if gone_on:
        await ask_within(work, gone_on, timedelta(0))
    records = {id_: _record(one) for id_, one in decided.items()}
    await write_backend_records(work, {id_: learnt for id_, learnt in records.items() if learnt})
    decisions = {id_: one.decision for id_, one in decided.items()}
    await _await_lenders(
        work, {id_: one for id_, one in decisions.items() if isinstance(one, Deciding)}
    )
    unwanted = [one for id_, result in decided.items() for one in _unwanted(id_, result, welcome)]
    if unwanted:
        await want_gone(work, unwanted)
    search_later(
        work,
        [
            id_
            for id_, one in decided.items()
            if isinstance(one.decision, Parked) and one.task.request.is_cancelled
        ],
    )
    await count_down(work, Counter(finished.values()))
    late = decided.keys() - finished.keys()
    if late:
        # Decided after "all done": whoever follows the envelope hears of each by itself.
        await tell_changes(work, list(late))
        await want_late_sent(work, [id_ for id_ in late if id_ in accepted])


def _is_still_deciding(result: InsertionResult) -> bool:
    """The lender was asked, and has said nothing new."""
    doubt = result.task.operation.doubt
    return isinstance(result.decision, Deciding) and doubt is not None and doubt.is_pending


async def _await_lenders(work: UnitOfWork, deciding: Mapping[UUID, Deciding]) -> None:
    """Note until when lenders decide, and have them asked; what is cancelled here, there too."""
    if not deciding:
        return
    rows = await work.fetch(
        """
        UPDATE envelope_contracts AS c
        SET decides_by = d.by, poll_at = (SELECT tramita_now()) + d.pause
        FROM unnest($1::uuid[], $2::timestamptz[], $3::interval[], $4::text[])
            AS d(id, by, pause, key)
        WHERE c.id = d.id RETURNING c.id, d.key, c.portability_status = 'CANCELADO' AS is_cancelled
        """,
        list(deciding),
        [one.by for one in deciding.values()],
        [one.pause for one in deciding.values()],
        [one.key for one in deciding.values()],
    )
    cancelled = [row for row in rows if row["is_cancelled"]]
    why = "the contract was cancelled here meanwhile"
    await want_gone(work, [(row["key"], row["id"], why) for row in cancelled])


def _has_gone_on(result: InsertionResult) -> bool:
    return isinstance(result.decision, Accepted) and result.decision.has_gone_on


def _unwanted(id_: UUID, result: InsertionResult, welcome: Collection[UUID]) -> Iterator[Unwanted]:
    """Proposals that live at the provider and must not."""
    match result.decision:
        case Accepted(answer, surplus):
            if id_ not in welcome:
                yield answer.proposal_key, id_, "the contract was cancelled here meanwhile"
        case Rejected(_, ProposalAnswer() as answer, surplus):
            yield answer.proposal_key, id_, "refused by our rules"
        case _:
            return
    for key in surplus:
        yield key, id_, "a double of the contract's proposal"


async def refuse_insertions(work: UnitOfWork, contracts: Sequence[UUID], note: str) -> None:
    """A person decided that these contracts are refused, whatever the provider holds.

    One that had ended already stays as it ended; what is known to live of it must go too.
    """
    moved = list(await PORTABILITIES.move(work, contracts, PortabilityTrigger.REJECT, cause=note))
    await cancel_contracts(work, moved, note)
    reasons = {"reasons": [Reason(OPERATOR_REFUSED, note)]}
    await update_rows(work, "envelope_contracts", dict.fromkeys(moved, reasons))
    rows = await work.fetch(
        """
        SELECT c.id, o.reference FROM envelope_contracts AS c
        JOIN operations AS o ON o.id = c.insertion_id
        WHERE c.id = ANY($1::uuid[]) AND c.portability_status = ANY($2::text[])
        """,
        list(contracts),
        [status.value for status in DEAD],
    )
    known = [(row["reference"], row["id"], note) for row in rows if row["reference"]]
    if known:
        await want_gone(work, known)
    search_later(work, [row["id"] for row in rows if not row["reference"]])
    await tell_changes(work, moved)


async def hold_insertions(work: UnitOfWork, contracts: Sequence[UUID]) -> None:
    """An error of our own holds their jobs: they wait for a person, and nobody waits for them.

    Whatever they come to when they run again is told as of one that is decided late.
    """
    rows = await work.fetch(
        """
        WITH locked AS (
            SELECT id FROM envelope_contracts
            WHERE id = ANY($1::uuid[]) AND is_proposal_being_inserted ORDER BY id FOR UPDATE
        )
        UPDATE envelope_contracts AS c SET is_proposal_being_inserted = false
        FROM locked WHERE c.id = locked.id RETURNING c.envelope_id
        """,
        list(contracts),
    )
    await count_down(work, Counter(row["envelope_id"] for row in rows))


_ACCEPTED: Final = PORTABILITY.next(PortabilityStatus.DIGITACAO, PortabilityTrigger.ACCEPT)
# The keys and words of a provider's answer, and the move of those that are accepted, at once: an
# update of its own would write the whole row, and each of its indexes, a second time.
_WRITE_DETAILS: Final = Statement(
    f"""
    WITH details AS (
        SELECT * FROM unnest(:ids::uuid[], :accepted::boolean[], :proposal_keys::text[],
                             :operation_keys::text[], :numbers::text[], :documents::text[],
                             :links::text[], :financials::text[], :reasons::text[],
                             :refinancing_keys::text[], :stages::text[])
            AS d(id, is_accepted, proposal_key, credit_operation_key, proposal_number,
                 ccb_document_key, signature_url, financial, reasons, refinancing_key, stage)
    ), locked AS (
        SELECT c.id, c.is_proposal_being_inserted AS was_being_inserted,
               c.portability_status = '{PortabilityStatus.CANCELADO}' AS is_cancelled,
               d.is_accepted AND c.portability_status = '{PortabilityStatus.DIGITACAO}' AS is_moving
        FROM envelope_contracts AS c JOIN details AS d USING (id) ORDER BY c.id FOR UPDATE OF c
    ), written AS (
        UPDATE envelope_contracts AS c SET
            portability_status = CASE WHEN is_moving THEN '{_ACCEPTED}'
                                 ELSE c.portability_status END,
            contract_status = CASE WHEN is_moving THEN '{CONTRACT_STATUS[_ACCEPTED]}'
                              ELSE c.contract_status END,
            is_proposal_being_inserted = false,
            proposal_key = coalesce(d.proposal_key, c.proposal_key),
            credit_operation_key = coalesce(d.credit_operation_key, c.credit_operation_key),
            proposal_number = coalesce(d.proposal_number, c.proposal_number),
            ccb_document_key = coalesce(d.ccb_document_key, c.ccb_document_key),
            signature_url = coalesce(d.signature_url, c.signature_url),
            financial = coalesce(d.financial::jsonb, c.financial),
            reasons = CASE WHEN locked.is_cancelled THEN c.reasons ELSE d.reasons::jsonb END,
            refinancing_key = coalesce(d.refinancing_key, c.refinancing_key),
            stage = coalesce(d.stage, c.stage),
            stage_at = CASE WHEN d.stage IS NULL THEN c.stage_at ELSE (SELECT tramita_now()) END,
            poll_at = CASE WHEN d.stage IS NULL THEN c.poll_at
                      ELSE (SELECT tramita_now()) + :unsigned::interval * (0.75 + random() / 2) END
        FROM locked JOIN details AS d USING (id)
        WHERE c.id = locked.id
        RETURNING c.id, c.envelope_id, locked.was_being_inserted, locked.is_moving
    ), moved AS (SELECT id FROM written WHERE is_moving), kept AS (
        {PORTABILITIES.history("moved", PortabilityStatus.DIGITACAO, PortabilityTrigger.ACCEPT)}
    )
    SELECT id, envelope_id, was_being_inserted, is_moving FROM written
    """  # noqa: S608 - constants
)
_DETAILS: Final = (
    "ids accepted proposal_keys operation_keys numbers documents links financials reasons "
    "refinancing_keys stages"
).split()


async def _write_details(
    work: UnitOfWork, decided: Mapping[UUID, InsertionResult]
) -> Sequence[asyncpg.Record]:
    """Store what was learnt, and move what is accepted, unless it was cancelled meanwhile.

    ``was_being_inserted``: it stops being inserted now. ``is_moving``: it was accepted.
    """
    details = [
        (id_, isinstance(one.decision, Accepted), *_details(id_, one)[1:])
        for id_, one in decided.items()
    ]
    columns = (list(column) for column in zip(*details, strict=True))
    given = {"unsigned": UNSIGNED, "actor": work.actor, **dict(zip(_DETAILS, columns, strict=True))}
    return await work.fetch(_WRITE_DETAILS.text, *_WRITE_DETAILS.arguments(given))


def _record(result: InsertionResult) -> dict[str, object]:
    """What the core's contract shows of its portability."""
    match result.decision:
        case Accepted(answer) | Rejected(_, ProposalAnswer() as answer):
            terms = answer.portability.terms
            return {
                "proposal_key": answer.proposal_key,
                "proposal_number": answer.proposal_number,
                "status": answer.said,
                "monthly_interest_rate": terms.monthly_interest_rate,
                "installment_amount": terms.installments[0].amount,
            }
        case Rejected() | Deciding() | Asking() | Parked() | Later() | Withdrawn():
            return {}


def _details(id_: UUID, result: InsertionResult) -> tuple[object, ...]:
    match result.decision:
        case Accepted(answer):
            return _row(id_, answer, _financial(result, answer), ())
        case Rejected(reasons, answer, ended_as=ended_as):
            return _row(id_, answer, None, reasons, stage=ended_as)
        case Deciding():
            return _row(id_, None, None, (), stage=Stage.DECIDING)
        case Asking(reasons) | Parked(reasons):
            return _row(id_, None, None, reasons)
        case Later() | Withdrawn():
            return _row(id_, None, None, ())
        case _:
            assert_never(result.decision)


def _financial(result: InsertionResult, answer: ProposalAnswer) -> str:
    financial = financial_of(result.task.request.proposal, answer)
    return msgspec.json.encode(financial).decode()


def _row(
    id_: UUID,
    answer: ProposalAnswer | None,
    financial: str | None,
    reasons: Sequence[Reason],
    *,
    stage: Stage | None = None,
) -> tuple[object, ...]:
    said = msgspec.json.encode(reasons).decode()
    if answer is None:
        return (id_, None, None, None, None, None, financial, said, None, stage)
    return (
        id_,
        answer.proposal_key,
        answer.portability.key,
        answer.proposal_number,
        answer.portability.document_key,
        answer.signature_url,
        financial,
        said,
        answer.refinancing.key if answer.refinancing else None,
        Stage.OFFERED.value,
    )
