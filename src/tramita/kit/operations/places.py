"""Operations by their place: counts and pages of lists that cost the same however many there are.

A place is a state, a kind and a provider (see ``tramita.kit.database.places``); in each,
operations lie by age.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.alike import without_numbers
from tramita.kit.database.conditions import one_of
from tramita.kit.database.places import every_place
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import LIVE, OperationState

# SQL: what operations ``o`` are alike by: their reasons, but for the numbers and ids in them. By it lie
# those in each of these states.
ALIKE: Final = f"md5(o.kind || ' ' || o.provider || ' ' || {without_numbers('o.reason')})"
LIE_ALIKE: Final = frozenset({OperationState.NEEDS_ATTENTION, OperationState.REFUSED})
_PLACES: Final = every_place(
    "operations", {"state": "state", "kind": "kind", "provider": "provider"}
)
_GIVEN: Final = "unnest($1::text[], $2::text[], $3::text[]) AS p(state, kind, provider)"
# Between these are all ids.
EARLIEST: Final = UUID(int=0)
LATEST: Final = UUID(int=2**128 - 1)
_EARLIEST, _LATEST = f"'{EARLIEST}'::uuid", f"'{LATEST}'::uuid"


def _between(low: str, high: str) -> str:
    """SQL: operations ``o`` of a place ``p`` with ids between these.

    As a range of the index and in its order: where a column equals another, PostgreSQL takes it for
    a mere filter of operations by id.
    """
    place, at = "o.state, o.kind, o.provider, o.id", "p.state, p.kind, p.provider"
    return f"({place}) > ({at}, {low}) AND ({place}) < ({at}, {high})"


def _by_id(way: str = "ASC") -> str:
    return f"ORDER BY o.state {way}, o.kind {way}, o.provider {way}, o.id {way}"


_COUNTS: Final = f"""
    SELECT p.state, p.kind, p.provider,
           (SELECT count(*) FROM (
               SELECT FROM operations AS o WHERE {{wanted}} {_by_id()} {{limit}}
           ) AS counted) AS number,
           (SELECT count(*) FROM (
               SELECT FROM operations AS o WHERE p.state = '{OperationState.SENT}' AND {{wanted}}
               AND o.lease_until >= now() {_by_id()} {{limit}}
           ) AS held) AS in_hands,
           (SELECT o.created_at FROM operations AS o WHERE {_between(_EARLIEST, _LATEST)}
            {_by_id()} LIMIT 1) AS oldest_at
    FROM {_GIVEN}
"""  # noqa: S608 - ours


class OperationPlace(Struct, frozen=True):
    """What operations have alike: where they stand, what they do, and with whom."""

    state: OperationState
    kind: str
    provider: str


class PlaceCount(OperationPlace, frozen=True):
    """How many are there; of those that were sent, so many are ``in_hands`` of somebody who lives.

    ``oldest_at`` is since when the oldest of the place is wanted, in platform time.
    """

    number: int
    in_hands: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class OperationsAsked:
    """Which operations; what is empty does not matter. They are wanted for ``age`` at least.

    ``alike`` is the key of those with one reason (``ALIKE``), which are in one of ``LIE_ALIKE``.
    """

    states: Collection[OperationState] = LIVE
    kind: str | None = None
    provider: str | None = None
    age: timedelta | None = None
    alike: str | None = None

    def among(self, places: Iterable[OperationPlace]) -> list[OperationPlace]:
        """The places of these operations."""
        return [
            one
            for one in places
            if one.state in self.states
            and self.kind in (None, one.kind)
            and self.provider in (None, one.provider)
        ]

    def within(self, values: list[object]) -> tuple[str, str]:
        """The condition of times on operations ``o``, whose parameters come behind ``values``.

        With it the id at which those end that meet it: ids are in order of real time, which platform
        time is never behind.
        """
        if self.age is None:
            return "true", _LATEST
        values.append(self.age)
        since = f"(tramita_now() - ${len(values)}::interval)"
        ends = f"lpad(to_hex(floor(extract(epoch FROM {since}) * 1000)::bigint), 12, '0')"
        return f"o.created_at <= {since}", f"({ends} || '{'f' * 20}')::uuid"


async def find_operation_places(work: UnitOfWork) -> list[OperationPlace]:
    """Every place in which there is an operation."""
    return await work.read(OperationPlace, _PLACES)


async def count_operations(
    work: UnitOfWork,
    asked: OperationsAsked,
    places: Collection[OperationPlace],
    *,
    most: int | None = None,
) -> list[PlaceCount]:
    """How many there are of these in each place; ``most`` + 1 stands for more."""
    values: list[object] = [*columns_of(places)]
    condition, high = asked.within(values)
    counts = _COUNTS.format(
        wanted=f"{_between(_EARLIEST, high)} AND {condition}",
        limit=_limit(None if most is None else most + 1),
    )
    return await work.read(PlaceCount, counts, *values)


def columns_of(places: Collection[OperationPlace]) -> Sequence[list[str]]:
    """The first three parameters of what is asked of places."""
    return (
        [one.state for one in places],
        [one.kind for one in places],
        [one.provider for one in places],
    )


def first_of(
    where: str, limit: int, *, low: str | None = None, high: str | None = None, newest: bool = False
) -> str:
    """SQL: operations ``o`` of these places to which ``where`` applies, the first so many.

    Their ids are between ``low`` and ``high``. Each is looked up for itself, whatever the planner
    expects.
    """
    way = "DESC" if newest else "ASC"
    return f"""(
        SELECT first.id FROM {_GIVEN} CROSS JOIN LATERAL (
            SELECT o.id FROM operations AS o WHERE {_between(low or _EARLIEST, high or _LATEST)} AND {where}
            {_by_id(way)} {_limit(limit)}
        ) AS first ORDER BY id {way} {_limit(limit)}
    ) AS page CROSS JOIN LATERAL (SELECT * FROM operations WHERE id = page.id LIMIT 1) AS o
    """  # noqa: S608 - ours


def first_alike(
    state: OperationState,
    where: str,
    limit: int,
    *,
    low: str | None = None,
    high: str | None = None,
    newest: bool = False,
) -> str:
    """SQL: the same of those in this state that are alike, by the key in ``$1``."""
    way, lie = ("DESC" if newest else "ASC"), f"({ALIKE}, o.id)"
    return f"""(
        SELECT o.id FROM operations AS o WHERE {one_of("o.state", [state])} AND {where}
        AND {lie} > ($1, {low or _EARLIEST}) AND {lie} < ($1, {high or _LATEST})
        ORDER BY {ALIKE} {way}, o.id {way} {_limit(limit)}
    ) AS page CROSS JOIN LATERAL (SELECT * FROM operations WHERE id = page.id LIMIT 1) AS o
    """  # noqa: S608 - ours


def _limit(number: int | None) -> str:
    """Written out: not knowing how few rows are wanted, PostgreSQL would plan anew each time."""
    return "" if number is None else f"LIMIT {number:d}"
