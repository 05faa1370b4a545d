"""Reminding learners of what will be debited, some days before.

Whoever looks finds everything that comes within the period and was not reminded of for it: so a night
in which nobody looked is caught up with, and looking again finds nothing. Where there are
several periods, an instalment is reminded of for the shortest that it is within.
"""

from datetime import date
from typing import Final
from uuid import UUID

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Schedule
from tramita.kit.runtime import Runtime
from tramita.orders.lifecycle import BINDING
from tramita.orders.mails.kinds import INSTALLMENT_REMINDER
from tramita.orders.mails.writing import Cause, write_causes
from tramita.orders.settings import OrderSettings
from tramita.payments.settings import PaymentSettings

RUN: Final = "orders.send_mail_upcoming_debit"
_BATCH: Final = 500

_Place = tuple[date, UUID]
_BEFORE_ALL: Final[_Place] = (date.min, UUID(int=0))

_COMING: Final = f"""
    SELECT i.id, i.contract_id AS order_id, i.due_date, i.due_date - $1::date AS days, p.period
    FROM installments AS i JOIN orders AS o ON o.id = i.contract_id
    JOIN LATERAL (
        SELECT min(period) AS period FROM unnest($2::int[]) AS period
        WHERE period >= i.due_date - $1::date
    ) AS p ON p.period IS NOT NULL
    WHERE i.due_date > $1 AND i.due_date <= $1::date + $3::int AND i.state = 'pending'
      AND (i.due_date, i.id) > ($5, $6)
      AND {one_of("o.state", BINDING)}
      AND NOT EXISTS (SELECT FROM mails AS m
                      WHERE m.cause = 'installment_reminder:' || i.id || ':' || p.period)
    ORDER BY i.due_date, i.id LIMIT $4 FOR NO KEY UPDATE OF i SKIP LOCKED
"""  # noqa: S608 - constants


async def remind_when_due(runtime: Runtime) -> None:
    """Remind of everything that comes, once the day's hour has come."""
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=RUN) as work:
        now = await work.now()
    if settings.is_debit_time(now):
        await remind(runtime, RUN)


async def remind(runtime: Runtime, actor: str) -> int:
    """Remind of everything that comes; answers how many e-mails were written."""
    periods = runtime.configured(OrderSettings).installment_reminder_period_days
    if not periods:
        return 0
    written = 0
    after: _Place | None = _BEFORE_ALL
    while after:
        async with runtime.database.unit_of_work(actor=actor) as work:
            today = runtime.configured(PaymentSettings).day_of(await work.now())
            sent, after = await _remind_some(work, today, periods, after)
        written += sent
    return written


async def _remind_some(
    work: UnitOfWork, today: date, periods: tuple[int, ...], after: _Place
) -> tuple[int, _Place | None]:
    """Of the next ones; answers how many e-mails were written, and where to go on if anywhere.

    Who has no address is written nothing, and must be passed over.
    """
    coming = await work.fetch(_COMING, today, list(periods), max(periods), _BATCH, *after)
    causes = [
        Cause(
            INSTALLMENT_REMINDER,
            f"{row['id']}:{row['period']}",
            row["order_id"],
            row["id"],
            days=row["days"],
        )
        for row in coming
    ]
    is_all = len(coming) < _BATCH
    last = None if is_all else (coming[-1]["due_date"], coming[-1]["id"])
    return await write_causes(work, causes), last


SCHEDULES: Final = [Schedule(RUN, "*/5 * * * *", remind_when_due)]
