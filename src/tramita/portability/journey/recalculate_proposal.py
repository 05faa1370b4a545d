"""``portability.recalculate_proposal``: lower the instalment to a lower true balance.

Less is owed than the client agreed to, and by law no more may be lent than is owed. The
instalment falls, everything else stays; then the balance is accepted. Repeating it asks
for the same amount, which changes nothing more. Where the provider refuses for good, the
operation needs attention, and the balance is not accepted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID

import asyncpg

from tramita.kit.attempt import Attempt
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, Outcome
from tramita.portability.acts import ACCEPT, RECALCULATE
from tramita.portability.announcements import tell_changes
from tramita.portability.journey.accept_balance import key_of
from tramita.portability.journey.follow_up import by_news
from tramita.portability.journey.open_proposals import OpenProposal, load_proposals, record_acts
from tramita.portability.later_life.balance import Lower, next_course
from tramita.portability.later_life.stages import is_earlier
from tramita.portability.ports import News, ProposalGateway, Recalculation, Stage


@dataclass(frozen=True, slots=True)
class Lowered:
    """What the provider lowers: to which instalment, and for which balance."""

    amount: Decimal
    balance: Decimal


Recalculated: TypeAlias = Result[OpenProposal, Lowered | None]


def _wanted(gateway: ProposalGateway, one: OpenProposal) -> Lowered | None:
    course, balance = (
        next_course(one.standing, one.loan, gateway.policy),
        one.standing.final_balance,
    )
    if not isinstance(course, Lower) or balance is None:
        return None
    return Lowered(course.installment_amount, balance)


async def _lower(
    gateway: Recalculation, one: OpenProposal, attempt: Attempt
) -> Outcome[Lowered | None]:
    wanted = _wanted(gateway, one)
    if wanted is None:
        return Done(None)  # It has gone on, or ended, since this was wanted.
    key, amount = one.credit_operation_key, wanted.amount
    outcome = await gateway.recalculate(one.ref, key, amount, attempt)
    return Done(wanted) if isinstance(outcome, Done) else outcome


async def _ask(
    gateway: Recalculation, one: OpenProposal, attempt: Attempt
) -> Outcome[Lowered | None] | None:
    wanted = _wanted(gateway, one)

    def is_lowered(_: OpenProposal, news: News) -> bool:
        if wanted is None or news.installment_amount is None:
            return _has_gone_on(one, news)
        return news.installment_amount == wanted.amount

    said = await by_news(is_lowered, _has_gone_on)(gateway, one, attempt)
    return Done(wanted) if isinstance(said, Done) else said


def _has_gone_on(_: OpenProposal, news: News) -> bool:
    return news.stage is not None and is_earlier(Stage.BALANCE_RETURNED, news.stage)


async def record_recalculations(work: UnitOfWork, results: Sequence[Recalculated]) -> None:
    """Write the new figures and accept the balance, where the contract is still open.

    The figures are those of the balance that the instalment was lowered for. Where another
    one was told meanwhile, it is held against them like any other, when it is next heard of.
    """
    await record_acts(work, results)
    lowered = {
        one.task.operation.subject_id: one.decision for one in results if one.decision is not None
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


async def _write_figures(
    work: UnitOfWork, lowered: Mapping[UUID, Lowered]
) -> Sequence[asyncpg.Record]:
    """The offer as it now is; answers the contracts it was written for."""
    if len(lowered) > 1:
        await lock_rows(work, "envelope_contracts", lowered)
    return await work.fetch(
        """
        UPDATE envelope_contracts AS c SET financial = c.financial || jsonb_build_object(
            'installment_amount', lowered.amount::text,
            'issue_amount', lowered.balance::text,
            'recalculated_from', (c.financial ->> 'installment_amount')::numeric::text,
            'saving_per_month',
                ((c.financial ->> 'saving_per_month')::numeric
                 + (c.financial ->> 'installment_amount')::numeric - lowered.amount)::text,
            'saving_total',
                ((c.financial ->> 'saving_total')::numeric
                 + ((c.financial ->> 'installment_amount')::numeric - lowered.amount)
                 * (c.financial ->> 'number_of_installments')::int)::text)
        FROM unnest($1::uuid[], $2::numeric[], $3::numeric[]) AS lowered(id, amount, balance)
        WHERE c.id = lowered.id AND c.portability_status = 'SALDO_RETORNADO'
        RETURNING c.id, c.number_at_provider, c.provider, c.final_balance
        """,
        list(lowered),
        [one.amount for one in lowered.values()],
        [one.balance for one in lowered.values()],
    )


RECALCULATION: Final[Act[OpenProposal, Lowered | None]] = Act(
    name=RECALCULATE,
    load=load_proposals,
    call=_lower,
    ask=_ask,
    on_refused=OperationTrigger.PARK,
    record=record_recalculations,
    reference=lambda _: None,
)
JOBS: Final = RECALCULATION.jobs
