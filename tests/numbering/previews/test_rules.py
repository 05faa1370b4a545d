"""Why a number cannot be reserved from its preview: what is said first."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import asyncpg
import pytest

from tramita.kit.identifiers import new_id
from tramita.numbering.errors import (
    InCapitals,
    NumberAlreadyReserved,
    NumberInventoryDivergence,
    PreviewConsumed,
    PreviewExpired,
    ReservationInProgress,
)
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.previews.rules import find_objection

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEAST = timedelta(seconds=5)
MINE, OTHER = "5511987654321", "5511987650000"
PREVIEW = new_id()
FINE: dict[str, Any] = {
    "id": PREVIEW,
    "now": NOW,
    "expires_at": NOW + timedelta(minutes=1),
    "superseded_by": None,
    "released_at": None,
    "reserving_number_id": None,
    "reserved_msisdn": None,
    "msisdn": MINE,
    "status": None,
    "pre_reservation_id": None,
}
# What may be wrong, the first to be said first (N§9.2).
WRONG: Final[list[tuple[dict[str, Any], type[InCapitals]]]] = [
    ({"expires_at": NOW}, PreviewExpired),
    ({"superseded_by": new_id()}, PreviewExpired),
    ({"released_at": NOW}, PreviewExpired),
    ({"reserving_number_id": new_id()}, ReservationInProgress),
    ({"reserved_msisdn": OTHER}, PreviewConsumed),
    ({"status": "IN_USE", "pre_reservation_id": new_id()}, NumberInventoryDivergence),
    ({"expires_at": NOW + LEAST - timedelta(microseconds=1)}, PreviewExpired),
]


def objection(**columns: Any) -> InCapitals | None:
    """What is said of a number."""
    return find_objection(cast(asyncpg.Record, FINE | columns), LEAST)


class TestFindObjection:
    @pytest.mark.parametrize("status", [None, "RETURNED"])
    def test_has_none_against_a_number_that_is_free(self, status: str | None) -> None:
        """Not known, or back; and just as much time left as there must be."""
        assert objection(status=status, expires_at=NOW + LEAST) is None

    @pytest.mark.parametrize(("columns", "error"), WRONG)
    def test_says_what_is_wrong(self, columns: dict[str, Any], error: type[InCapitals]) -> None:
        """Each by itself."""
        assert error is type(objection(**columns))

    @pytest.mark.parametrize(("first", "second"), list(itertools.combinations(range(7), 2)))
    def test_says_what_comes_first(self, first: int, second: int) -> None:
        """Of any two that are wrong together: 410, 409, 500, and 410 for too little time."""
        columns, error = WRONG[first]

        assert error is type(objection(**(WRONG[second][0] | columns)))

    @pytest.mark.parametrize("status", sorted(set(NumberStatus) - {NumberStatus.RETURNED}))
    def test_is_about_every_status_but_one(self, status: NumberStatus) -> None:
        """Another's, or this preview's own: both 500, the second says so."""
        columns = {"status": status.value, "reserved_msisdn": MINE}

        others = objection(status=status.value, pre_reservation_id=new_id())
        own = objection(**columns, pre_reservation_id=PREVIEW)

        assert [NumberInventoryDivergence, NumberAlreadyReserved] == [type(others), type(own)]
        assert others is not None
        assert own is not None
        assert others.code == own.code == "NUMBER_INVENTORY_DIVERGENCE"
        assert "(11) 9••••-4321, which is not free here" in str(others)
        # For the log; to whoever asks it may be somebody else's number.
        assert status.value == others.facts["status"]

    def test_lets_no_preview_be_used_twice(self) -> None:
        """Its number was reserved, and given back since: 409."""
        given_back = objection(reserved_msisdn=MINE, status="RETURNED", pre_reservation_id=PREVIEW)

        assert isinstance(given_back, PreviewConsumed)
