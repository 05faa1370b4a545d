"""Beginning debits: what is due, each once a day, whoever looks.

Every few minutes one worker looks (``payments.debit_due_installments``), from the hour on that the
settings name; a contract that has just become payable is looked at by itself, at once
(``payments.debit_due``). An instalment is taken by a row lock that nobody waits for, and bears the
day of its debit from then on: two who look at the same moment begin one debit.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations import ledger
from tramita.kit.operations.standing import has_operation
from tramita.kit.runtime import Runtime
from tramita.payments.accounts import DEBIT_JOB
from tramita.payments.acts import DEBIT
from tramita.payments.settings import PaymentSettings

RUN: Final = "payments.debit_due_installments"

_IS_UNDER_WAY: Final = has_operation("i.id", f"= '{DEBIT.name}'")
_DUE: Final = f"""
    SELECT i.id FROM installments AS i
    WHERE i.due_date <= $1 AND ($2::uuid IS NULL OR i.contract_id = $2)
      AND coalesce(i.debited_on, '-infinity') < $1
      AND (i.form_until IS NULL OR i.form_until < tramita_now())
      AND (i.state IN ('pending', 'error') OR (i.state = 'refused' AND EXISTS (
          SELECT FROM unnest($3::int[]) AS days,
               LATERAL (SELECT (i.refused_at AT TIME ZONE $4)::date + days AS again) AS d
          WHERE d.again <= $1 AND i.debited_on < d.again)))
      AND NOT {_IS_UNDER_WAY}
    ORDER BY i.due_date, i.id LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608 - constants
_ASKED_FOR: Final = """
    SELECT i.id FROM installments AS i
    WHERE i.contract_id = $1 AND (i.state = 'refused' OR i.state IN ('pending', 'error') AND i.due_date <= $2)
      AND (i.form_until IS NULL OR i.form_until < tramita_now())
    ORDER BY i.id FOR NO KEY UPDATE SKIP LOCKED
"""


async def debit_due_installments(runtime: Runtime) -> None:
    """Begin the debits of everything that is due, once the day's hour has come."""
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=RUN) as work:
        now = await work.now()
    if settings.is_debit_time(now):
        await begin_debits(runtime, RUN)


async def begin_debits(runtime: Runtime, actor: str) -> int:
    """Begin the debits of everything that is due, whatever the hour; answers how many."""
    settings, begun = runtime.configured(PaymentSettings), 0
    while True:
        async with runtime.database.unit_of_work(actor=actor) as work:
            today = settings.day_of(await work.now())
            batch = await _begin(work, settings, today, None)
        begun += len(batch)
        if len(batch) < settings.debit_batch:
            return begun


async def debit_contract(runtime: Runtime, contract_id: UUID) -> None:
    """Begin the debits of one contract at once, whatever the hour."""
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=DEBIT_JOB) as work:
        today = settings.day_of(await work.now())
        await _begin(work, settings, today, contract_id)


async def debit_now(work: UnitOfWork, contract_id: UUID, settings: PaymentSettings) -> int:
    """Begin the debits of whatever of a contract is due, or was refused, for somebody who asks.

    As often as they like: each debit begins by asking whether it is paid already. Answers how
    many; what is under way, or is being paid in a form, is left alone.
    """
    today = settings.day_of(await work.now())
    due = await work.fetch(_ASKED_FOR, contract_id, today)
    return len(await _debit(work, [row["id"] for row in due], today))


async def _begin(
    work: UnitOfWork, settings: PaymentSettings, today: date, contract_id: UUID | None
) -> Sequence[UUID]:
    due = await work.fetch(
        _DUE,
        today,
        contract_id,
        list(settings.dunning_days),
        settings.time_zone,
        settings.debit_batch,
    )
    return await _debit(work, [row["id"] for row in due], today)


async def _debit(work: UnitOfWork, ids: Sequence[UUID], today: date) -> Sequence[UUID]:
    """Begin a debit of each of these locked instalments, unless one is under way.

    Somebody else may have begun one after these were looked for, and before they were locked.
    """
    taken = await work.fetch(
        f"""
        UPDATE installments AS i SET debited_on = $2, debits = i.debits + 1
        FROM payment_accounts AS a
        WHERE i.id = ANY($1::uuid[]) AND a.contract_id = i.contract_id
          AND NOT {_IS_UNDER_WAY}
        RETURNING i.id, i.debits, a.provider
        """,  # noqa: S608 - constants
        list(ids),
        today,
    )
    keys = {row["id"]: f"debit_installment:{row['id']}:{row['debits']}" for row in taken}
    providers = {row["id"]: row["provider"] for row in taken}
    await ledger.prepare(work, DEBIT, keys, provider=providers)
    return list(keys)


JOBS: Final[list[Job[Runtime]]] = [Job(DEBIT_JOB, debit_contract)]
SCHEDULES: Final[list[Schedule[Runtime]]] = [Schedule(RUN, "*/5 * * * *", debit_due_installments)]
