"""What a mobile contract needs next: the table, and what holds for every case."""

from itertools import product
from typing import Any, Final

import pytest

from tramita.kit.operations.lifecycle import LIVE
from tramita.kit.operations.lifecycle import OperationState as O
from tramita.numbering.contracts.lifecycle import LineState as L
from tramita.numbering.contracts.rules import NOT_BEGUN, NOT_CERTAIN, Case, Need, next_step
from tramita.numbering.lifecycle import NumberStatus as S

ACTIVE: Final[list[tuple[dict[str, Any], Need]]] = [
    ({}, Need.GET_NUMBER),
    ({"line": L.FAILED}, Need.NOTHING),
    ({"line": L.RETURNED}, Need.NOTHING),
    ({"line": L.NUMBERED}, Need.NOTE_RETURNED),
    ({"line": L.ENDED}, Need.NOTE_RETURNED),
    ({"number": S.RESERVING}, Need.WAIT),
    ({"number": S.UNAVAILABLE}, Need.WAIT),
    ({"number": S.RESERVED}, Need.NOTHING),
    ({"number": S.RESERVED, "has_sim": True}, Need.USE_SIM),
    ({"number": S.ASSIGNED}, Need.ACTIVATE),
    ({"number": S.ASSIGNED, "activation": O.PENDING}, Need.NOTHING),
    ({"number": S.IN_USE, "is_live": True}, Need.NOTHING),
    ({"number": S.SUSPENDED, "is_live": True}, Need.NOTHING),
    ({"number": S.QUARANTINE, "is_live": True}, Need.END),
    ({"number": S.QUARANTINE, "is_live": True, "is_ending": True}, Need.NOTHING),
    ({"number": S.PORTED_OUT, "is_live": True}, Need.NOTE_ENDED),
    ({"number": S.QUARANTINE}, Need.NOTHING),
]
CANCELLED: Final[list[tuple[dict[str, Any], Need]]] = [
    ({}, Need.NOTE_CANCELLED),
    ({"line": L.FAILED}, Need.NOTE_CANCELLED),
    ({"line": L.CANCELLED}, Need.NOTHING),
    ({"line": L.LIVE}, Need.NOTE_RETURNED),
    ({"line": L.RETURNED}, Need.NOTHING),
    ({"number": S.RESERVING}, Need.WAIT),
    ({"number": S.RESERVED, "has_sim": True}, Need.GIVE_BACK),
    ({"number": S.ASSIGNED}, Need.TAKE_OFF),
    ({"number": S.ASSIGNED, "activation": O.PREPARED}, Need.TAKE_OFF),
    ({"number": S.ASSIGNED, "activation": O.NOT_SENT, "was_sent": True}, Need.CALL_OFF),
    ({"number": S.ASSIGNED, "activation": O.PENDING, "was_sent": True}, Need.CALL_OFF),
    ({"number": S.ASSIGNED, "activation": O.SENT, "was_sent": True}, Need.NOTHING),
    ({"number": S.ASSIGNED, "activation": O.UNKNOWN, "was_sent": True}, Need.NOTHING),
    ({"number": S.ASSIGNED, "activation": O.NEEDS_ATTENTION, "was_sent": True}, Need.NOTHING),
    ({"number": S.ASSIGNED, "is_ending": True}, Need.NOTHING),
    ({"number": S.IN_USE}, Need.END),
    ({"number": S.SUSPENDED}, Need.END),
    ({"number": S.IN_USE, "is_ending": True}, Need.NOTHING),
    ({"number": S.QUARANTINE, "is_live": True}, Need.END),
    ({"number": S.QUARANTINE}, Need.NOTHING),
]
FLAGS: Final = ("is_active", "is_live", "has_sim", "is_ending", "was_sent")


def every_case() -> list[Case]:
    """Each line, each number, each operation, each flag."""
    return [
        Case(
            line=line,
            number=number,
            activation=activation,
            **dict(zip(FLAGS, flags, strict=True)),
        )
        for line, number, activation, *flags in product(
            L, (None, *S), (None, *LIVE), *[(True, False)] * len(FLAGS)
        )
    ]


class TestNextStep:
    @pytest.mark.parametrize(("case", "need"), ACTIVE)
    def test_takes_an_active_contract_to_its_line(self, case: dict[str, Any], need: Need) -> None:
        """A number, then its SIM, then the line; what has ended is written down."""
        assert need is next_step(Case(is_active=True, **case))

    @pytest.mark.parametrize(("case", "need"), CANCELLED)
    def test_takes_from_a_cancelled_one_what_it_has(self, case: dict[str, Any], need: Need) -> None:
        """Nothing is given back that the operator may still put on a SIM."""
        assert need is next_step(Case(is_active=False, **case))

    def test_is_known_for_every_case(self) -> None:
        """However contract, number and operations stand; and every need arises somewhere."""
        assert set(Need) == {next_step(case) for case in every_case()}

    def test_gives_nothing_back_while_the_contract_is_active(self) -> None:
        """What a customer has is taken by no look at the contract; what is ended here is there."""
        takes = {Need.GIVE_BACK, Need.TAKE_OFF, Need.CALL_OFF, Need.END}

        taken = [case for case in every_case() if case.is_active and next_step(case) in takes]
        assert {S.QUARANTINE} == {case.number for case in taken}

    def test_begins_nothing_once_it_is_cancelled(self) -> None:
        """No number is brought for it, and no line goes live."""
        begins = {Need.GET_NUMBER, Need.USE_SIM, Need.ACTIVATE}

        assert not [
            case for case in every_case() if not case.is_active and next_step(case) in begins
        ]

    def test_takes_no_number_off_a_sim_that_the_operator_may_have_put_there(self) -> None:
        """Given back without the operator's word is only what it has certainly not heard of."""
        assert not [
            case
            for case in every_case()
            if next_step(case) is Need.TAKE_OFF
            and case.activation is not None
            and (case.was_sent or case.activation not in NOT_BEGUN)
        ]

    def test_waits_for_nothing_but_an_uncertain_number(self) -> None:
        """Whatever else is under way has the contract looked at when it ends."""
        assert NOT_CERTAIN == {case.number for case in every_case() if next_step(case) is Need.WAIT}
