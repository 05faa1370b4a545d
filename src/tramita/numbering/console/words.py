"""How the console calls what numbers are, and what can be done about them."""

from collections.abc import Mapping
from typing import Final

from tramita.console.words import ActionWords, Stamp
from tramita.numbering.lifecycle import NumberStatus as N
from tramita.numbering.operator.actions import NumberAction

NUMBER_STAMPS: Final[Mapping[N, Stamp]] = {
    N.RESERVING: Stamp("Being reserved", "wait"),
    N.RESERVED: Stamp("Reserved", "done"),
    N.ASSIGNED: Stamp("Assigned", "done"),
    N.IN_USE: Stamp("In use", "done"),
    N.SUSPENDED: Stamp("Suspended", "wait"),
    N.PORTED_OUT: Stamp("Ported out", "idle"),
    N.QUARANTINE: Stamp("Quarantine", "wait"),
    N.RETURNED: Stamp("Returned", "idle"),
    N.UNAVAILABLE: Stamp("Unavailable", "unknown"),
}

# What a number does next when nobody does anything.
OUTLOOK: Final[Mapping[N, str]] = {
    N.RESERVING: "The provider's answer decides.",
    N.RESERVED: "Given back by itself unless a SIM is assigned in time.",
    N.ASSIGNED: "Waits for its line to be activated.",
    N.IN_USE: "Its line is live.",
    N.SUSPENDED: "Waits for its line to be resumed or ended.",
    N.PORTED_OUT: "Another operator has it.",
    N.QUARANTINE: "Rests, and is then given back by itself.",
    N.RETURNED: "May be offered to anybody again.",
    N.UNAVAILABLE: "Stays out of circulation until a person says otherwise.",
}

RELEASE_WORDS: Final[Mapping[str, str]] = {
    "NOT_NEEDED": "nothing to take back",
    "PENDING": "is being told",
    "DONE": "has taken it back",
    "FAILED": "refused to take it back",
}

NUMBER_ACTIONS: Final[Mapping[NumberAction, ActionWords]] = {
    NumberAction.RELEASE: ActionWords(
        "Release",
        "Gives the reserved number back; the provider is told, and anybody may take it then.",
        "It is returned.",
        asks="Give this number back?",
    ),
    NumberAction.BLOCK: ActionWords(
        "Mark unavailable",
        "Takes it out of circulation until you unblock it. The provider is not told.",
        "It is out of circulation now.",
        asks="Take this number out of circulation?",
    ),
    NumberAction.UNBLOCK: ActionWords(
        "Unblock",
        "Lets the next sweep give it back to the provider.",
        "The next sweep gives it back.",
        asks="Let this number be given back?",
    ),
    NumberAction.PORT_OUT: ActionWords(
        "Note port-out",
        "The line has left for another operator.",
        "It is noted as ported out.",
        asks="Note that another operator has this number?",
    ),
    NumberAction.COME_BACK: ActionWords(
        "Note return",
        "The number came back from the other operator; it rests before it is given back.",
        "It rests now, and is given back afterwards.",
        asks="Note that this number came back?",
    ),
    NumberAction.REINSTATE: ActionWords(
        "Reinstate",
        "The same customer goes on with the line. The provider is not told; its SIM must still work.",
        "It is in use again.",
    ),
}

NOTHING_FITS: Final = "Nothing: its life goes on by itself from here."


def name_of_number_move(trigger: str) -> str:
    """What moved a number, as a person says it."""
    return trigger.replace("_", " ").capitalize()
