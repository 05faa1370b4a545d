"""The life cycle of a phone number, arrow by arrow as the notes have it."""

import pytest

from tramita.kit.lifecycle import TransitionNotAllowed
from tramita.numbering.lifecycle import IN_SOME_USE, NUMBER, OURS, NumberStatus, NumberTrigger

S, T = NumberStatus, NumberTrigger

# Written down once more, from section 9.1 of the notes and the design: not from the code.
ARROWS = {
    ("RESERVING", "confirm"): "RESERVED",
    ("RESERVING", "withdraw"): "RETURNED",
    ("RESERVING", "give_up"): "UNAVAILABLE",
    ("RESERVED", "release"): "RETURNED",
    ("RESERVED", "abandon"): "RETURNED",
    ("RESERVED", "assign"): "ASSIGNED",
    ("RESERVED", "block"): "UNAVAILABLE",
    ("ASSIGNED", "unassign"): "RESERVED",
    ("ASSIGNED", "activate"): "IN_USE",
    ("IN_USE", "suspend"): "SUSPENDED",
    ("IN_USE", "terminate"): "QUARANTINE",
    ("IN_USE", "port_out"): "PORTED_OUT",
    ("SUSPENDED", "resume"): "IN_USE",
    ("SUSPENDED", "terminate"): "QUARANTINE",
    ("SUSPENDED", "port_out"): "PORTED_OUT",
    ("PORTED_OUT", "come_back"): "QUARANTINE",
    ("QUARANTINE", "reinstate"): "IN_USE",
    ("QUARANTINE", "end_quarantine"): "RETURNED",
    ("QUARANTINE", "block"): "UNAVAILABLE",
    ("RETURNED", "reserve"): "RESERVING",
    ("RETURNED", "block"): "UNAVAILABLE",
    ("UNAVAILABLE", "confirm"): "RESERVED",
    ("UNAVAILABLE", "withdraw"): "RETURNED",
    ("UNAVAILABLE", "unblock"): "QUARANTINE",
}


def leads_to(state: NumberStatus, trigger: NumberTrigger) -> str | None:
    """Where a trigger leads, if it leads anywhere."""
    try:
        return NUMBER.next(state, trigger).value
    except TransitionNotAllowed:
        return None


class TestNumber:
    @pytest.mark.parametrize("state", list(NumberStatus))
    def test_moves_along_its_arrows_and_no_others(self, state: NumberStatus) -> None:
        """Every pair of status and trigger, those that are refused too."""
        expected = {one: ARROWS.get((state.value, one.value)) for one in NumberTrigger}

        assert expected == {one: leads_to(state, one) for one in NumberTrigger}

    def test_goes_back_from_no_use_but_through_quarantine(self) -> None:
        """A number that was live rests before anybody else gets it (N§4.4)."""
        into_returned = {source for source, _, target in NUMBER.arrows() if target is S.RETURNED}

        assert {S.RESERVING, S.RESERVED, S.QUARANTINE, S.UNAVAILABLE} == into_returned

    def test_is_taken_from_returned_only(self) -> None:
        """One predicate for previews and random reservations (C4, C8, G13)."""
        assert set(S) - {S.RETURNED} == IN_SOME_USE
        assert {S.RETURNED: S.RESERVING} == NUMBER.targets(T.RESERVE)
        assert IN_SOME_USE - {S.PORTED_OUT} == OURS
