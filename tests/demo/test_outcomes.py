"""What the demo reads out of the API's answers."""

from typing import Any

import pytest

from tramita.demo.fates import STANDS, Fate
from tramita.demo.outcomes import Facts
from tramita.demo.provider import Proposals

FATE = Fate("paid", "FINALIZADO, margin registered, instalment lowered", STANDS)


def contract(**portability: Any) -> dict[str, Any]:
    """A contract as the API answers it."""
    return {
        "id": "1",
        "number": "A-1",
        "status": "PAGO",
        "portability": {
            "status": "FINALIZADO",
            "needs_attention": False,
            "margin": {"registered_at": "2026-12-22T09:50:39Z"},
            "reasons": [],
            **portability,
        },
    }


def facts(**more: Any) -> Facts:
    """One contract, sent once, paid, its instalment lowered."""
    known: dict[str, Any] = {
        "attempts": {"1": 1},
        "proposals": {"A-1": Proposals(created=1, alive=1)},
        "installments_before": {"A-1": "112.78"},
        "installments": {"A-1": "107.40"},
    }
    return Facts(**(known | more))


class TestLine:
    """One contract in the summary."""

    def test_is_well_when_all_ended_as_it_should(self) -> None:
        """Statuses, facts and the three numbers agree; the amounts are told."""
        line = facts().line(contract(), FATE)

        assert line.is_well
        assert "112.78 → 107.40 BRL a month" == line.note

    @pytest.mark.parametrize(
        ("changed", "known"),
        [
            ({"status": "CANCELADO"}, {}),
            ({"needs_attention": True}, {}),
            ({"margin": {"registered_at": None}}, {}),
            ({}, {"installments": {"A-1": "112.78"}}),
            ({}, {"attempts": {"1": 2}}),
            ({}, {"proposals": {"A-1": Proposals(created=2, alive=1)}}),
            ({}, {"proposals": {}}),
        ],
    )
    def test_is_not_well_otherwise(self, changed: dict[str, Any], known: dict[str, Any]) -> None:
        """Whatever differs from what was expected is seen."""
        assert not facts(**known).line(contract(**changed), FATE).is_well

    def test_tells_the_reasons_as_the_api_does(self) -> None:
        """Nothing of them is the demo's own."""
        reasons = [{"code": "a", "sentence": "It is so."}, {"code": "b", "sentence": "And so."}]

        assert "It is so. And so. 112.78 → 107.40 BRL a month" == (
            facts().line(contract(reasons=reasons), FATE).note
        )

    def test_of_a_whole_envelope_adds_up(self) -> None:
        """Alike contracts are counted, and their proposals with them."""
        view = {"contracts": [contract(), contract() | {"portability": None}]}

        line = facts().line_of_all(view, "paid", expected="")

        assert ("A, all 2", (1, 1, 1)) == (line.subject, line.counts)
        assert "1 × FINALIZADO, margin registered, instalment lowered, 1 × PAGO" == line.seen
