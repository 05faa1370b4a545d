"""``portability.search_left_alive``: look for what a person gave up without knowing of it.

Somebody marked a proposal as refused of which nobody could tell whether it had arrived, or
its contract was cancelled and nobody could tell for long. If it had arrived, it lives on at
the provider, and only its webhook would show it. So the provider is asked a few times more;
what lives there of the contract is cancelled.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.runtime import Runtime
from tramita.portability.journey.compensation import want_gone
from tramita.portability.journey.doubles import find_doubles
from tramita.portability.lifecycle import DEAD

JOB: Final = "portability.search_left_alive"
# At once, when a slow request may have arrived, and when an outage should be over.
SEARCHES: Final = (timedelta(0), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))


def search_later(work: UnitOfWork, contracts: Sequence[UUID]) -> None:
    """Have the provider asked about contracts that ended without anybody knowing more."""
    for contract in contracts:
        for number, delay in enumerate(SEARCHES):
            key = f"left_alive:{contract}:{number}"
            work.enqueue(JOB, delay=delay, key=key, contract_id=contract)


async def search_left_alive(runtime: Runtime, contract_id: UUID) -> None:
    """Ask once for proposals of a contract that ended here, and give up what lives."""
    async with runtime.database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT provider, number_at_provider FROM envelope_contracts "
            "WHERE id = $1 AND portability_status = ANY($2::text[])",
            contract_id,
            [status.value for status in DEAD],
        )
    if not rows:
        return
    [(provider, number)] = rows
    attempt = Attempt(contract_id, f"left_alive:{number}")
    left = await find_doubles(runtime, provider, number, attempt)
    async with runtime.database.unit_of_work(actor=JOB) as work:
        why = "it was found alive after its contract had ended here"
        await want_gone(work, [(key, contract_id, why) for key in left])


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, search_left_alive)]
