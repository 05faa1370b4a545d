"""Where a preview stands, read off its columns."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tramita.kit.identifiers import new_id
from tramita.numbering.lifecycle import PreviewState
from tramita.numbering.previews.rules import state_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELD: dict[str, Any] = {
    "reserved_msisdn": None,
    "superseded_by": None,
    "released_at": None,
    "reserving_number_id": None,
    "expires_at": NOW + timedelta(seconds=1),
}
OVER = {"expires_at": NOW}
RESERVING = {"reserving_number_id": new_id()}
RELEASED = {"released_at": NOW - timedelta(minutes=1)}
SUPERSEDED = {"superseded_by": new_id()}
CONSUMED = {"reserved_msisdn": "5511987654321"}


class TestStateOf:
    @pytest.mark.parametrize(
        ("columns", "state"),
        [
            ({}, PreviewState.HELD),
            (OVER, PreviewState.EXPIRED),
            (RESERVING, PreviewState.RESERVING),
            (RESERVING | OVER, PreviewState.RESERVING),
            (RELEASED, PreviewState.RELEASED),
            (RELEASED | OVER, PreviewState.RELEASED),
            (SUPERSEDED, PreviewState.SUPERSEDED),
            (SUPERSEDED | RELEASED | OVER, PreviewState.SUPERSEDED),
            (CONSUMED, PreviewState.CONSUMED),
            (CONSUMED | SUPERSEDED | RELEASED | RESERVING | OVER, PreviewState.CONSUMED),
        ],
    )
    def test_goes_by_what_happened_before_the_clock(
        self, columns: dict[str, Any], state: PreviewState
    ) -> None:
        """The first that is so, in the order of the notes (N§9.2)."""
        assert state is state_of(HELD | columns, NOW)

    @pytest.mark.parametrize(
        ("late", "state"),
        [
            (timedelta(microseconds=-1), PreviewState.HELD),
            (timedelta(0), PreviewState.EXPIRED),
            (timedelta(days=1), PreviewState.EXPIRED),
        ],
    )
    def test_ends_at_its_very_moment(self, late: timedelta, state: PreviewState) -> None:
        """Not a moment later."""
        assert state is state_of(HELD, HELD["expires_at"] + late)
