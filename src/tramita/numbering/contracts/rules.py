"""What a mobile contract needs next, by nothing but how it and its number stand. Pure.

An active contract gets its number, the number its SIM, and the line is activated. A
cancelled one gives back what it has:

- a number that is being reserved is waited for;
- a reserved one is given back;
- one on a SIM, whose activation the operator has not heard of, comes off it and is given
  back; one it has heard of is taken off the SIM there first (``end_line``); where nobody
  knows, that is found out before (``numbering.ask_line``);
- one in use has its line ended, rests, and is given back by the sweep.

A line that somebody ended by its number alone is ended at the operator too, cancelled or not.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tramita.kit.operations.lifecycle import OperationState
from tramita.numbering.contracts.lifecycle import LINE, WITH_NUMBER, LineState, LineTrigger
from tramita.numbering.lifecycle import NumberStatus

S = NumberStatus
O = OperationState  # noqa: E741 - as short as the other one
# It may come to nothing: then the contract has never had this number, and gets another.
NOT_CERTAIN: Final = frozenset({S.RESERVING, S.UNAVAILABLE})
# Certainly nothing has happened at the operator.
NOT_BEGUN: Final = frozenset({O.PREPARED, O.NOT_SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a mobile contract, its number, and what is under way about them stand.

    ``has_sim``: a SIM waits for the number. ``was_sent``: so was the activation, at least once.
    """

    is_active: bool
    is_live: bool = False
    line: LineState = LineState.REQUESTED
    number: NumberStatus | None = None
    has_sim: bool = False
    activation: OperationState | None = None
    was_sent: bool = False
    is_ending: bool = False


class Need(StrEnum):
    """What is next."""

    NOTHING = "nothing"
    GET_NUMBER = "get_number"
    # Only time can help.
    WAIT = "wait"
    # Put the number on the SIM that waits for it, and have the line go live.
    USE_SIM = "use_sim"
    ACTIVATE = "activate"
    # Its number or its line is no more, or it never had one; that is written down.
    NOTE_RETURNED = "note_returned"
    NOTE_ENDED = "note_ended"
    NOTE_CANCELLED = "note_cancelled"
    GIVE_BACK = "give_back"
    # Off the SIM, on which it never was at the operator's, and given back.
    TAKE_OFF = "take_off"
    # The activation is no more waited for, because the line is ended.
    CALL_OFF = "call_off"
    END = "end"


def next_step(case: Case) -> Need:
    """What the contract needs now; one that comes again gets the same answer."""
    if case.number is None:
        return _without_number(case)
    if case.number in NOT_CERTAIN:
        return Need.WAIT
    return _with(case, case.number) if case.is_active else _after_cancelling(case, case.number)


def _without_number(case: Case) -> Need:
    if case.line in WITH_NUMBER:
        return Need.NOTE_RETURNED  # One that was given back is not replaced.
    if not case.is_active and LineTrigger.CANCEL in LINE.table.get(case.line, {}):
        return Need.NOTE_CANCELLED
    is_waiting = case.is_active and case.line is LineState.REQUESTED
    return Need.GET_NUMBER if is_waiting else Need.NOTHING


def _with(case: Case, number: NumberStatus) -> Need:
    match number:
        case S.RESERVED if case.has_sim:
            return Need.USE_SIM
        case S.ASSIGNED if case.activation is None:
            return Need.ACTIVATE
        case S.PORTED_OUT if case.is_live:
            return Need.NOTE_ENDED
        case S.QUARANTINE:
            return _ended_by_hand(case)
        case _:
            return Need.NOTHING


def _after_cancelling(case: Case, number: NumberStatus) -> Need:
    match number:
        case S.RESERVED:
            return Need.GIVE_BACK
        case S.ASSIGNED | S.IN_USE | S.SUSPENDED if case.is_ending:
            return Need.NOTHING
        case S.ASSIGNED:
            return _off_its_sim(case)
        case S.IN_USE | S.SUSPENDED:
            return Need.END
        case S.QUARANTINE:
            return _ended_by_hand(case)
        case _:
            return Need.NOTHING


def _ended_by_hand(case: Case) -> Need:
    """Its number rests already; until the operator has ended it too, its line is live."""
    return Need.END if case.is_live and not case.is_ending else Need.NOTHING


def _off_its_sim(case: Case) -> Need:
    """It is on a SIM, and was to go live."""
    is_begun = case.activation not in NOT_BEGUN
    if case.activation is None or not (is_begun or case.was_sent):
        return Need.TAKE_OFF
    if case.activation is O.PENDING or not is_begun:
        return Need.CALL_OFF
    return Need.NOTHING  # The answer is on its way, or asked for; whoever records it looks again.
