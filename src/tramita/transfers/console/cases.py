"""What of applications needs a person, as the console's list of everything that does has it."""

from typing import Final

from tramita.kit.attention import Attention
from tramita.kit.attention import Case as Shown
from tramita.kit.database.work import UnitOfWork
from tramita.transfers.amounts import told
from tramita.transfers.attention import Case, count_cases, list_cases
from tramita.transfers.console.words import NEEDS


async def find(work: UnitOfWork, limit: int) -> list[Shown]:
    """Those that wait longest first."""
    found = sorted(await list_cases(work, limit), key=lambda one: one.since)
    return [_shown(one) for one in found[:limit]]


def _shown(one: Case) -> Shown:
    happened, todo = NEEDS[one.need]
    return Shown(
        kind=f"transfers.{one.need}",
        title=happened,
        reason=told(one.amount, one.currency),
        since=one.since,
        subject_id=one.application_id,
        page=("application", one.application_id),
        stake=todo,
        tenant=one.tenant,
    )


ATTENTION: Final = Attention(find, count_cases)
