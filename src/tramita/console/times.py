"""Times as people of the house read them: their own zone, with the exact UTC beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo

from tramita.console.words import name_of_span
from tramita.kit.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: how long ago, in the zone of the house, and exactly in UTC."""

    ago: str
    exact: str
    utc: str
    iso: str

    @classmethod
    def of(cls, at: datetime, *, now: datetime) -> Self:
        """``at`` as seen from ``now``, in the zone that ``now`` is told in."""
        return cls(
            name_of_span(now - at),
            f"{at.astimezone(now.tzinfo):%Y-%m-%d %H:%M:%S}",
            f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
            at.isoformat(),
        )


def in_house_time(runtime: Runtime, now: datetime) -> datetime:
    """The platform's time in the zone that ``TRAMITA_TIME_ZONE`` names."""
    return now.astimezone(ZoneInfo(runtime.settings.time_zone))
