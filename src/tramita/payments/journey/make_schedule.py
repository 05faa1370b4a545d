"""``payments.make_schedule``: write a contract's instalments by the rules, and debit what is due."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from tramita.contracts.service import get_contract
from tramita.kit.database.rows import lock_rows
from tramita.kit.jobs import Job
from tramita.kit.money import Money
from tramita.kit.runtime import Runtime
from tramita.payments.accounts import SCHEDULE_JOB, debit_due
from tramita.payments.errors import AccountNotFound
from tramita.payments.installments import add_installments
from tramita.payments.keepers import tell_keepers
from tramita.payments.rules.schedule import Terms, make_schedule
from tramita.payments.settings import PaymentSettings


async def write_schedule(
    runtime: Runtime,
    contract_id: UUID,
    starts_on: date | None,
    ends_on: date | None,
    signed_at: datetime | None,
    at_once: bool,
) -> None:
    """Write it once; a contract that has instalments keeps them, and one that is over gets none.

    Held with ``CourseWithoutDates`` where there is nothing to count from.
    """
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=SCHEDULE_JOB) as work:
        await lock_rows(work, "contracts", [contract_id])
        # Its card stays: whoever deletes it now finds what is to be paid with it.
        accounts = await work.fetch(
            "SELECT total, currency FROM payment_accounts WHERE contract_id = $1 FOR NO KEY UPDATE",
            contract_id,
        )
        if not accounts:
            raise AccountNotFound
        if not (await get_contract(work, contract_id)).active:
            return
        signed_on = settings.day_of(signed_at or await work.now())
        total = Money(accounts[0]["total"], accounts[0]["currency"])
        terms = Terms(total, signed_on, starts_on, ends_on, at_once)
        schedule = make_schedule(terms, settings.policy)
        if await add_installments(work, contract_id, schedule):
            debit_due(work, [contract_id])
            await tell_keepers(work, [contract_id])


JOBS: Final[list[Job[Runtime]]] = [Job(SCHEDULE_JOB, write_schedule)]
