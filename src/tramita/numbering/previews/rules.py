"""What a preview's columns say, and why a number cannot be reserved from it. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from tramita.kit.masking_shapes import mask_phone
from tramita.numbering.errors import (
    InCapitals,
    NumberAlreadyReserved,
    NumberInventoryDivergence,
    PreviewConsumed,
    PreviewExpired,
    ReservationInProgress,
)
from tramita.numbering.lifecycle import NumberStatus, PreviewState

IN_A_PREVIEW: Final = 3
# The provider's hold must outlive the preview by this much, whatever the two clocks say.
MARGIN: Final = timedelta(minutes=1)


def state_of(row: Mapping[str, Any] | asyncpg.Record, now: datetime) -> PreviewState:
    """Where a preview stands at ``now``, the database's time."""
    if row["reserved_msisdn"] is not None:
        return PreviewState.CONSUMED
    if row["superseded_by"] is not None:
        return PreviewState.SUPERSEDED
    if row["released_at"] is not None:
        return PreviewState.RELEASED
    if row["reserving_number_id"] is not None:
        return PreviewState.RESERVING
    return PreviewState.EXPIRED if row["expires_at"] <= now else PreviewState.HELD


def find_objection(row: asyncpg.Record, min_remaining: timedelta) -> InCapitals | None:
    """Why a number cannot be reserved from its preview, in the order the seed has them.

    A preview that has ended is gone (410) whatever else may be said of it; then come a
    reservation under way and one that was made (409), and at last the number itself (500).
    """
    left = row["expires_at"] - row["now"]
    if left <= timedelta(0):
        return PreviewExpired(why="its time is over")
    if row["superseded_by"] is not None:
        return PreviewExpired(why="another preview has replaced it")
    if row["released_at"] is not None:
        return PreviewExpired(why="the provider no longer holds its numbers")
    if row["reserving_number_id"] is not None:
        return ReservationInProgress()
    if row["reserved_msisdn"] not in (None, row["msisdn"]):
        return PreviewConsumed()
    if row["status"] not in (None, NumberStatus.RETURNED):
        number = mask_phone(row["msisdn"])
        if row["pre_reservation_id"] == row["id"]:
            return NumberAlreadyReserved(number=number)
        return NumberInventoryDivergence(number=number, status=row["status"])
    if row["reserved_msisdn"] is not None:
        return PreviewConsumed()  # Reserved once, and given back since.
    return PreviewExpired(why="too little time is left") if left < min_remaining else None
