"""How providers are: what waits at each, what is under way, what is paused.

The cost grows with what is not finished, and not with what is.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import asyncpg
import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.operations.maintenance import House, kinds_of
from tramita.kit.operations.paused import Pause, find_pauses
from tramita.kit.operations.standing import in_states

S = OperationState


class Connected(House, Protocol):
    """What is installed, and why something of it cannot be asked."""

    def missing(self, provider: str) -> str | None: ...


class ProviderStanding(msgspec.Struct):
    """One provider now, in platform time.

    ``waiting`` operations are to be done or asked about, ``in_flight`` in somebody's hands,
    ``pending`` accepted there without an end; ``oldest_waiting_at`` is since when the oldest of
    the first two is wanted. ``missing`` says why it cannot be asked at all. ``kinds`` are what it may
    do for us, each of which may be paused by itself.
    """

    provider: str
    title: str
    missing: str | None
    kinds: list[str]
    pauses: list[Pause]
    waiting: int = 0
    in_flight: int = 0
    pending: int = 0
    needs_attention: int = 0
    oldest_waiting_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether nothing at all is sent to it."""
        return any(one.kind is None for one in self.pauses)


_LIVE: Final = f"""
    SELECT provider, state, count(*) AS number, min(created_at) AS oldest
    FROM operations AS o WHERE {in_states("o", *LIVE)} GROUP BY provider, state
"""  # noqa: S608 - the states are constants
_WAITING: Final = frozenset({S.PREPARED, S.NOT_SENT, S.UNKNOWN})


async def tell_providers(house: Connected, work: UnitOfWork) -> list[ProviderStanding]:
    """Every provider that is installed, by name."""
    pauses: defaultdict[str, list[Pause]] = defaultdict(list)
    for one in await find_pauses(work):
        pauses[one.provider].append(one)
    live: defaultdict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in await work.fetch(_LIVE):
        live[row["provider"]].append(row)
    return [_standing(house, key, pauses[key], live[key]) for key in sorted(house.installed)]


async def tell_provider(house: Connected, work: UnitOfWork, provider: str) -> ProviderStanding:
    """One of them; raises ``ProviderNotFound``."""
    kinds_of(house, provider)
    return next(one for one in await tell_providers(house, work) if one.provider == provider)


def _standing(
    house: Connected, key: str, pauses: list[Pause], live: Sequence[asyncpg.Record]
) -> ProviderStanding:
    counts = {OperationState(row["state"]): int(row["number"]) for row in live}
    wanted = _WAITING | {S.SENT}
    return ProviderStanding(
        provider=key,
        title=house.installed[key].title,
        missing=house.missing(key),
        kinds=kinds_of(house, key),
        pauses=pauses,
        waiting=sum(counts.get(state, 0) for state in _WAITING),
        in_flight=counts.get(S.SENT, 0),
        pending=counts.get(S.PENDING, 0),
        needs_attention=counts.get(S.NEEDS_ATTENTION, 0),
        oldest_waiting_at=min(
            (row["oldest"] for row in live if row["state"] in wanted), default=None
        ),
    )
