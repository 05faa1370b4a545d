"""``payments.ask_forms``: ask what became of forms in which an instalment was to be paid.

The provider tells of a payment when it is made, and that may be lost. A form is over long before
nothing is debited for its sake any more; then the provider is asked once for every payment of the
instalment, of a canceled one and of one that is paid already too: somebody may have paid in a second
form, their money would be there, and nobody would know. What pays another amount than was asked for
pays nothing: that is shown with the instalment.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job, Schedule
from tramita.kit.outcome import Done, Outcome
from tramita.kit.runtime import Runtime
from tramita.payments.installments import lock_installments
from tramita.payments.journey.debit_installment import (
    OTHER_AMOUNT,
    Debit,
    load_debits,
    record_failures,
)
from tramita.payments.ports import PaymentBackend, PaymentNews
from tramita.payments.recording import find_fault, record_payments

LOOK: Final = "payments.look_at_forms"
JOB: Final = "payments.ask_forms"
# Asked about by one job, all at once; and jobs under way at once, over all workers.
_BATCH: Final = 10
_AT_ONCE: Final = 4
_MOST: Final = 500

_OVER: Final = """
    SELECT id FROM installments WHERE form_until < tramita_now() ORDER BY form_until LIMIT $1
"""


async def look_at_forms(runtime: Runtime) -> None:
    """Have those asked about whose time is over."""
    rows = await runtime.database.fetch(_OVER, _MOST)
    ids = [row["id"] for row in rows]
    async with runtime.database.unit_of_work(actor="timer") as work:
        for first in range(0, len(ids), _BATCH):
            batch = ids[first : first + _BATCH]
            work.enqueue(JOB, key=f"forms:{batch[0]}", installment_ids=batch)


async def ask_forms(runtime: Runtime, installment_ids: list[UUID]) -> None:
    """Ask about some; those of which nobody can tell anything are asked about again later."""
    async with runtime.database.unit_of_work(actor=JOB) as work:
        debits = await load_debits(work, installment_ids)
        known = await lock_installments(work, debits)
    asked = [(known[id_].provider, id_, debit) for id_, debit in debits.items()]
    answers = await asyncio.gather(*(_ask(runtime, *one) for one in asked))
    said = {
        id_: (provider, answer.value)
        for (provider, id_, _), answer in zip(asked, answers, strict=True)
        if isinstance(answer, Done)
    }
    async with runtime.database.unit_of_work(actor=JOB) as work:
        await end_forms(work, said)


async def end_forms(
    work: UnitOfWork, said: Mapping[UUID, tuple[str, Sequence[PaymentNews]]]
) -> None:
    """Write down what was paid in forms that are over, by instalment and provider; they end."""
    # All of them, before a payment draws the number of its invoice: so everybody locks.
    installments = await lock_installments(work, said)
    paid: dict[str, list[PaymentNews]] = defaultdict(list)
    wrong: list[tuple[UUID, str]] = []
    for id_, (provider, found) in said.items():
        for news in found:
            fault = find_fault(news, installments[id_], provider)
            if fault is None:
                paid[provider].append(news)
            else:
                wrong.append((id_, f"{OTHER_AMOUNT}: {fault}"))
    for provider, together in paid.items():
        await record_payments(work, provider, together)
    await record_failures(work, wrong)
    await work.fetch(
        "UPDATE installments SET form_until = NULL "
        "WHERE id = ANY($1::uuid[]) AND form_until < tramita_now()",
        list(said),
    )


async def _ask(
    runtime: Runtime, provider: str, id_: UUID, debit: Debit
) -> Outcome[Sequence[PaymentNews]]:
    gateway = runtime.gateway(PaymentBackend, provider)
    return await gateway.find_payments(debit.charge, Attempt(id_, f"form:{id_}"))


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, ask_forms, _AT_ONCE)]
SCHEDULES: Final[list[Schedule[Runtime]]] = [Schedule(LOOK, "*/5 * * * *", look_at_forms)]
