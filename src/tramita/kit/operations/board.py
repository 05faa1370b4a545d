"""How providers are: what waits at each, what is under way, how it answers, what is paused.

The cost does not grow with what is finished; where counts may end, nor with what is not.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import asyncpg
import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.lines import LineStanding, find_lines
from tramita.kit.operations.figures import Figures, tell_hour
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.maintenance import House, kinds_of
from tramita.kit.operations.paused import Pause, find_pauses
from tramita.kit.operations.places import (
    OperationsAsked,
    PlaceCount,
    count_operations,
    find_operation_places,
)

S = OperationState


class Connected(House, Protocol):
    """What is installed, and why something of it cannot be asked."""

    def missing(self, provider: str) -> str | None: ...


class ProviderStanding(msgspec.Struct):
    """One provider now, in platform time.

    ``waiting`` operations are to be done or asked about, ``in_flight`` in somebody's hands,
    ``pending`` accepted there without an end; ``oldest_waiting_at`` is since when the oldest of
    the first two is wanted. ``missing`` says why it cannot be asked at all. ``kinds`` are what it may
    do for us, each of which may be paused by itself. ``lines`` are those of each process, ``hour`` the
    figures of the last hour; ``unread`` messages of it wait to be read.
    """

    provider: str
    title: str
    missing: str | None
    kinds: list[str]
    pauses: list[Pause]
    lines: list[LineStanding]
    hour: Figures | None = None
    waiting: int = 0
    in_flight: int = 0
    pending: int = 0
    needs_attention: int = 0
    unread: int = 0
    oldest_waiting_at: datetime | None = None
    last_message_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether nothing at all is sent to it."""
        return any(one.kind is None for one in self.pauses)

    @property
    def breaker(self) -> str:
        """Where the breakers of all processes stand: what is worst of them."""
        stand = {one.breaker for one in self.lines}
        return next((one for one in ("open", "probing") if one in stand), "closed")

    @property
    def answered_at(self) -> datetime | None:
        """When it answered last, as far as living processes have seen."""
        return max((one.answered_at for one in self.lines if one.answered_at), default=None)

    @property
    def last_failure(self) -> LineStanding | None:
        """The line that saw its last failure."""
        failed = [(one.failed_at, one) for one in self.lines if one.failed_at]
        return max(failed, key=lambda one: one[0])[1] if failed else None


_MESSAGES: Final = """
    SELECT p.provider, m.received_at AS last,
           (SELECT count(*) FROM inbox AS i WHERE i.provider = p.provider
            AND i.processed_at IS NULL) AS unread
    FROM unnest($1::text[]) AS p(provider) LEFT JOIN LATERAL (
        SELECT received_at FROM inbox WHERE provider = p.provider ORDER BY received_at DESC LIMIT 1
    ) AS m ON true
"""
_WAITING: Final = frozenset({S.PREPARED, S.NOT_SENT, S.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of all providers, by their keys."""

    pauses: Mapping[str, list[Pause]]
    live: Mapping[str, list[PlaceCount]]
    lines: Mapping[str, list[LineStanding]]
    hours: Mapping[str, Figures]
    messages: Mapping[str, asyncpg.Record]


async def tell_providers(
    house: Connected, work: UnitOfWork, *, most: int | None = None
) -> list[ProviderStanding]:
    """Every provider that is installed, by name; of operations more than ``most`` may be some less."""
    pauses: defaultdict[str, list[Pause]] = defaultdict(list)
    for pause in await find_pauses(work):
        pauses[pause.provider].append(pause)
    asked = OperationsAsked()
    places = asked.among(await find_operation_places(work))
    live: defaultdict[str, list[PlaceCount]] = defaultdict(list)
    for count in await count_operations(work, asked, places, most=most):
        live[count.provider].append(count)
    lines: defaultdict[str, list[LineStanding]] = defaultdict(list)
    for line in await find_lines(work):
        lines[line.provider].append(line)
    messages = await work.fetch(_MESSAGES, sorted(house.installed))
    by_provider = {row["provider"]: row for row in messages}
    found = _Found(pauses, live, lines, await tell_hour(work), by_provider)
    return [_standing(house, key, found) for key in sorted(house.installed)]


async def tell_provider(
    house: Connected, work: UnitOfWork, provider: str, *, most: int | None = None
) -> ProviderStanding:
    """One of them; raises ``ProviderNotFound``."""
    kinds_of(house, provider)
    found = await tell_providers(house, work, most=most)
    return next(one for one in found if one.provider == provider)


def _standing(house: Connected, key: str, found: _Found) -> ProviderStanding:
    live: Sequence[PlaceCount] = found.live.get(key, ())
    counts: Counter[OperationState] = Counter()
    for one in live:
        counts[one.state] += one.number
    in_flight = sum(one.in_hands for one in live)
    ours = [one.oldest_at for one in live if one.oldest_at and one.state in _WAITING | {S.SENT}]
    return ProviderStanding(
        provider=key,
        title=house.installed[key].title,
        missing=house.missing(key),
        kinds=kinds_of(house, key),
        pauses=found.pauses.get(key, []),
        lines=found.lines.get(key, []),
        hour=found.hours.get(key),
        # What was sent by somebody who has died since is in nobody's hands: it waits to be asked about.
        waiting=sum(counts[state] for state in _WAITING) + counts[S.SENT] - in_flight,
        in_flight=in_flight,
        pending=counts[S.PENDING],
        needs_attention=counts[S.NEEDS_ATTENTION],
        unread=found.messages[key]["unread"],
        oldest_waiting_at=min(ours, default=None),
        last_message_at=found.messages[key]["last"],
    )
