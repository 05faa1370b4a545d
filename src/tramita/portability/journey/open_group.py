"""``portability.open_group``: open a signature group before an envelope's contracts are sent.

Nothing at the provider tells one group from another, so an opening whose answer was lost is
done again; a group that nobody uses does no harm. It is tried for as long as it takes, and
the contracts wait for it. Where the provider refuses, they are sent without a group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.rows import update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.outcome import Outcome
from tramita.portability.acts import OPEN_GROUP
from tramita.portability.grouping import enqueue_waiting
from tramita.portability.ports import SignatureGroups


@dataclass(frozen=True, slots=True)
class Opening:
    """A group to open. ``is_wanted``: its envelope is still to be signed."""

    is_wanted: bool


async def load_openings(work: UnitOfWork, envelopes: Sequence[UUID]) -> Mapping[UUID, Opening]:
    """Openings by envelope."""
    rows = await work.fetch(
        "SELECT id, state = 'formalizing' AS is_wanted FROM envelopes WHERE id = ANY($1::uuid[])",
        list(envelopes),
    )
    return {row["id"]: Opening(row["is_wanted"]) for row in rows}


async def record_openings(work: UnitOfWork, results: Sequence[Result[Opening, str | None]]) -> None:
    """Keep the keys, and let the contracts go that waited for them."""
    keys = {
        one.task.operation.subject_id: {"group_key": one.decision}
        for one in results
        if one.decision is not None
    }
    await update_rows(work, "envelopes", keys, only="t.group_key IS NULL")
    await enqueue_waiting(
        work,
        [one.task.operation.subject_id for one in results if not one.comes_back],
    )


async def _open(gateway: SignatureGroups, _: Opening, attempt: Attempt) -> Outcome[str]:
    return await gateway.open_signature_group(attempt)


def _why_not(one: Opening) -> str | None:
    return None if one.is_wanted else "The envelope has ended."


OPENING: Final[Act[Opening, str]] = Act(
    name=OPEN_GROUP, load=load_openings, call=_open, unwanted=_why_not, record=record_openings
)
JOBS: Final = OPENING.jobs
