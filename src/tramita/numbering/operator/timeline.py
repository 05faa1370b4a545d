"""Read model of one number: how it stands, and what happened to it, its hold and its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.unsettled import Unsettled, find_unsettled
from tramita.kit.timeline import MOST, Asked, Stretch, tell
from tramita.numbering.errors import NumberNotFound
from tramita.numbering.numbers.queries import NumberItem, to_item


@dataclass(frozen=True, slots=True)
class NumberStanding:
    """One number as it is; ``parts`` are the hold that it came from and its contract."""

    row: NumberItem
    origin: str
    contract_id: UUID | None
    created_at: datetime
    now: datetime
    parts: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class NumberStory:
    """The same, with what is under way outside and what happened."""

    standing: NumberStanding
    unsettled: Sequence[Unsettled]
    timeline: Stretch


async def stand_of_number(work: UnitOfWork, number_id: UUID) -> NumberStanding:
    """How a number stands; raises ``NumberNotFound``."""
    found = await work.fetch(
        "SELECT *, tramita_now() AS now FROM phone_number WHERE id = $1", number_id
    )
    if not found:
        raise NumberNotFound
    [row] = found
    return NumberStanding(
        to_item(row),
        row["origin"],
        row["contract_id"],
        row["created_at"],
        row["now"],
        [one for one in (row["pre_reservation_id"], row["contract_id"]) if one is not None],
    )


async def tell_number(
    work: UnitOfWork, number_id: UUID, before: datetime | None = None, *, most: int = MOST
) -> NumberStory:
    """One number in full, in a constant number of statements; raises ``NumberNotFound``."""
    standing = await stand_of_number(work, number_id)
    asked = Asked(
        thing=number_id,
        parts=standing.parts,
        said=True,
        is_inside=True,
        before=before,
        most=most,
    )
    unsettled = await find_unsettled(work, [number_id, *standing.parts])
    return NumberStory(standing, unsettled, await tell(work, asked))
