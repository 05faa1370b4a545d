"""QI Tech's records: only the fields we use, unknown fields allowed."""

from datetime import UTC, datetime


def parse_instant(text: str) -> datetime | None:
    """Read a QI Tech date-time into an aware one; None when it is not a date-time.

    Four spellings were seen: ``2022-11-24T15:42:12``, ``2026-05-19 06:15:00``,
    ``2025-10-10T19:45:39Z``, ``2021-10-22T20:30:23.459Z``. No page states the zone
    of the first two; UTC is assumed, as in the two that state theirs.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
