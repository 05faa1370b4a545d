"""What is known of an activation: by its request, and by what is on the SIM."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tramita.kit.attempt import Attempt
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import Done, Outcome, Pending, Refused, Unknown
from tramita.numbering.contracts.journey.activate_line import ACTIVATION
from tramita.numbering.contracts.lines import Line
from tramita.numbering.ports import LineNews, LineStatus

LINE = Line(new_id(), "5511987654321", "8955170110000000013", is_wanted=True)
LIVE = Done(LineNews(LineStatus.ACTIVE, "A-1"))
NO = Done(LineNews(LineStatus.REFUSED, reason="sim_in_use"))
NOTHING = Done(None)
SILENT = Refused("not_found", "There is no such resource.")
ACCEPTED = Pending("A-1", timedelta(seconds=2))
AWAY = Unknown("HTTP 502")


@dataclass
class Operator:
    """Answers these, one after the other."""

    answers: Sequence[Outcome[Any]]
    asked: int = 0

    async def find_assignment(self, _: str, __: Attempt) -> Outcome[LineNews | None]:
        return self._next()

    async def find_line(self, _: str, __: str, ___: Attempt) -> Outcome[LineNews | None]:
        return self._next()

    def _next(self) -> Outcome[Any]:
        self.asked += 1
        return self.answers[self.asked - 1]


class TestAskingHowItStands:
    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ([LIVE], LIVE),
            ([ACCEPTED], ACCEPTED),
            ([AWAY], AWAY),
            ([NOTHING, LIVE], LIVE),
            ([SILENT, NOTHING], None),
            ([NOTHING, AWAY], AWAY),
            ([NO, LIVE], LIVE),
            ([NO, NOTHING], NO),
            ([NO, AWAY], AWAY),
        ],
    )
    async def test_looks_at_the_sim_where_the_request_led_to_nothing(
        self, answers: Sequence[Outcome[Any]], expected: Outcome[Any] | None
    ) -> None:
        """Refused, the number may be on it all the same: by us before, or by somebody there."""
        operator = Operator(answers)
        assert ACTIVATION.ask is not None

        found = await ACTIVATION.ask(operator, LINE, Attempt(new_id(), "the key"))

        assert (expected, len(answers)) == (found, operator.asked)
