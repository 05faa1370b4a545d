"""Where a line stands: it follows its number, however far it is behind."""

from functools import reduce
from itertools import product

import pytest

from tramita.numbering.contracts.lifecycle import LINE, OF_NUMBER, way_to
from tramita.numbering.contracts.lifecycle import LineState as L
from tramita.numbering.lifecycle import NumberStatus as S


class TestWay:
    @pytest.mark.parametrize(
        ("state", "number", "way"),
        [
            (L.REQUESTED, S.RESERVING, []),
            (L.REQUESTED, S.RESERVED, ["bring"]),
            (L.REQUESTED, S.IN_USE, ["bring", "go_live"]),
            (L.REQUESTED, S.PORTED_OUT, ["bring", "go_live", "end"]),
            (L.NUMBERED, S.ASSIGNED, []),
            (L.NUMBERED, S.UNAVAILABLE, []),
            (L.NUMBERED, S.SUSPENDED, ["go_live"]),
            (L.LIVE, S.SUSPENDED, []),
            (L.LIVE, S.QUARANTINE, ["end"]),
            (L.ENDED, S.QUARANTINE, []),
            (L.ENDED, S.IN_USE, ["go_live"]),
        ],
    )
    def test_takes_the_arrows_that_the_line_is_behind(
        self, state: L, number: S, way: list[str]
    ) -> None:
        """None when it stands there already; several when nobody looked for a while."""
        assert way == way_to(state, number)

    @pytest.mark.parametrize(("state", "number"), [*product(L, S)])
    def test_leads_to_the_number_or_nowhere(self, state: L, number: S) -> None:
        """And along the table, whatever stands where."""
        reached = reduce(LINE.next, way_to(state, number), state)

        assert reached in (state, OF_NUMBER.get(number))
