"""``portability.recalculate_proposal``: lower the instalment to a lower true balance.

Less is owed than the client agreed to, and by law no more may be lent than is owed. The
instalment falls, everything else stays; then the balance is accepted. Repeating it asks
for the same amount, which changes nothing more. Where the provider refuses for good, the
operation needs attention, and the balance is not accepted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.portability.acts import ACCEPT, RECALCULATE
from tramita.portability.announcements import tell_changes
from tramita.portability.journey.accept_balance import key_of
from tramita.portability.journey.open_proposals import (
    ActResult,
    OpenProposal,
    act_on_open,
    record_acts,
)
from tramita.portability.later_life.balance import Lower, next_course
from tramita.portability.later_life.stages import is_earlier
from tramita.portability.ports import News, ProposalGateway, Stage


def _wanted(one: OpenProposal) -> Decimal | None:
    course = next_course(one.standing, one.loan)
    return course.installment_amount if isinstance(course, Lower) else None


async def _lower(gateway: ProposalGateway, one: OpenProposal, attempt: Attempt) -> Outcome[None]:
    amount = _wanted(one)
    if amount is None:
        return Done(None)  # It has gone on, or ended, since this was wanted.
    return await gateway.recalculate(one.ref, one.credit_operation_key, amount, attempt)


def _is_lowered(one: OpenProposal, news: News) -> bool:
    wanted = _wanted(one)
    if wanted is None or news.installment_amount is None:
        return _has_gone_on(one, news)
    return news.installment_amount == wanted


def _has_gone_on(_: OpenProposal, news: News) -> bool:
    return news.stage is not None and is_earlier(Stage.BALANCE_RETURNED, news.stage)


@dataclass(frozen=True, slots=True)
class _Lowered:
    """What the provider lowered: to which instalment, and for which balance."""

    amount: Decimal
    balance: Decimal


async def record_recalculations(work: UnitOfWork, results: Sequence[ActResult]) -> None:
    """Write the new figures and accept the balance, where the contract is still open.

    The figures are those of the balance that the instalment was lowered for. Where another
    one was told meanwhile, it is held against them like any other, when it is next heard of.
    """
    await record_acts(work, results)
    lowered = {
        one.task.operation.subject_id: figures
        for one in results
        if one.trigger is OperationTrigger.DONE and (figures := _lowered(one.task.request))
    }
    rows = await _write_figures(work, lowered) if lowered else []
    agreed = [row for row in rows if row["final_balance"] == lowered[row["id"]].balance]
    if agreed:
        await ledger.prepare(
            work,
            ACCEPT,
            {row["id"]: key_of(row["number_at_provider"], row["final_balance"]) for row in agreed},
            provider={row["id"]: row["provider"] for row in agreed},
        )
    if rows:
        await tell_changes(work, [row["id"] for row in rows])


def _lowered(one: OpenProposal) -> _Lowered | None:
    amount, balance = _wanted(one), one.standing.final_balance
    return None if amount is None or balance is None else _Lowered(amount, balance)


async def _write_figures(
    work: UnitOfWork, lowered: Mapping[UUID, _Lowered]
) -> Sequence[asyncpg.Record]:
    """The offer as it now is; answers the contracts it was written for."""
    return await work.fetch(
        """
        WITH lowered AS (
            SELECT * FROM unnest($1::uuid[], $2::numeric[], $3::numeric[])
                AS l(id, amount, balance)
        ), locked AS (
            SELECT c.id, (c.financial ->> 'installment_amount')::numeric AS before
            FROM envelope_contracts AS c JOIN lowered USING (id)
            WHERE c.portability_status = 'SALDO_RETORNADO'
            ORDER BY c.id FOR NO KEY UPDATE OF c
        )
        UPDATE envelope_contracts AS c SET financial = c.financial || jsonb_build_object(
            'installment_amount', lowered.amount::text,
            'issue_amount', lowered.balance::text,
            'recalculated_from', locked.before::text,
            'saving_per_month',
                ((c.financial ->> 'saving_per_month')::numeric + before - amount)::text,
            'saving_total', ((c.financial ->> 'saving_total')::numeric + (before - amount)
                * (c.financial ->> 'number_of_installments')::int)::text)
        FROM locked JOIN lowered USING (id) WHERE c.id = locked.id
        RETURNING c.id, c.number_at_provider, c.provider, c.final_balance
        """,
        list(lowered),
        [one.amount for one in lowered.values()],
        [one.balance for one in lowered.values()],
    )


RECALCULATION: Final = act_on_open(
    RECALCULATE,
    _lower,
    is_done=_is_lowered,
    is_hopeless=_has_gone_on,
    record=record_recalculations,
)
JOBS: Final = RECALCULATION.jobs
