"""What was said to providers, in figures: within the last hour, by the minute, and by the hour.

The last hour is read from the journal itself, whose pages are in the order of time. A week of it is
too much to read for a page, so every few minutes its hours are counted into rows of their own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Schedule
from tramita.kit.kept import Kept

_FIGURES: Final = """
    count(*)::int AS exchanges, count(error)::int AS failed,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY milliseconds) AS p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY milliseconds) AS p95
"""

_MOST_HOURS: Final = 8 * 24


class Host(Protocol):
    """What counting needs of a process."""

    @property
    def database(self) -> Database: ...


class Figures(msgspec.Struct):
    """How many requests, how many of them failed, and how many milliseconds half and 95 % took.

    ``at`` is the beginning of the minute or hour, in platform time.
    """

    provider: str
    at: datetime
    exchanges: int
    failed: int
    p50: int
    p95: int

    @property
    def share(self) -> float:
        """The share of those that failed."""
        return self.failed / self.exchanges if self.exchanges else 0.0


async def tell_hour(work: UnitOfWork) -> dict[str, Figures]:
    """The last sixty minutes, of each provider that was asked anything."""
    found = await work.read(
        Figures,
        f"SELECT provider, min(started_at) AS at, {_FIGURES} FROM exchanges "  # noqa: S608 - a constant
        "WHERE started_at > tramita_now() - interval '1 hour' GROUP BY provider",
    )
    return {one.provider: one for one in found}


async def tell_minutes(work: UnitOfWork, provider: str) -> list[Figures]:
    """The minutes of the last hour in which a provider was asked anything."""
    return await work.read(
        Figures,
        f"SELECT provider, date_trunc('minute', started_at) AS at, {_FIGURES} FROM exchanges "  # noqa: S608 - a constant
        "WHERE started_at > date_trunc('minute', tramita_now()) - interval '59 minutes' "
        "AND provider = $1 GROUP BY 1, 2 ORDER BY 2",
        provider,
    )


async def tell_hours(work: UnitOfWork, provider: str) -> list[Figures]:
    """The hours of the last seven days in which a provider was asked anything."""
    return await work.read(
        Figures,
        "SELECT provider, hour AS at, exchanges, failed, p50, p95 FROM provider_hours "
        "WHERE hour > date_trunc('hour', tramita_now()) - interval '7 days' "
        "AND provider = $1 ORDER BY hour",
        provider,
    )


async def count_hours(work: UnitOfWork) -> None:
    """Count this hour and the one before, and after a longer standstill from the last one counted on.

    Eight days at most. The span is written out: the planner has to see that it is short.
    """
    [row] = await work.fetch(
        "SELECT greatest(1, least($1, extract(epoch FROM date_trunc('hour', tramita_now()) "
        "- max(hour)) / 3600))::int AS hours FROM provider_hours",
        _MOST_HOURS,
    )
    await work.fetch(
        f"""
        INSERT INTO provider_hours (hour, provider, exchanges, failed, p50, p95)
        SELECT date_trunc('hour', started_at), provider, {_FIGURES} FROM exchanges
        WHERE started_at >= date_trunc('hour', tramita_now()) - interval '{row["hours"]:d} hours'
        GROUP BY 1, 2
        ON CONFLICT (hour, provider) DO UPDATE SET
            exchanges = excluded.exchanges, failed = excluded.failed,
            p50 = excluded.p50, p95 = excluded.p95
        """  # noqa: S608 - a constant
    )


async def _count(host: Host) -> None:
    async with host.database.unit_of_work(actor="figures") as work:
        await count_hours(work)


SCHEDULES: Final[list[Schedule[Any]]] = [Schedule("providers.count_hours", "*/2 * * * *", _count)]
KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="hours of providers",
        table="provider_hours",
        what="how many requests went to a provider within an hour, and how long they took",
        stays="nothing",
        age="hour",
        days=400,
        order=("hour", "provider"),
    ),
)
