"""How the console calls what numbers are, and what can be done about them."""

from collections.abc import Mapping
from typing import Final

from tramita.console.words import ActionWords, Stamp
from tramita.kit.languages.words import to_translate
from tramita.numbering.lifecycle import NumberStatus as N
from tramita.numbering.lifecycle import NumberTrigger as T
from tramita.numbering.operator.actions import NumberAction

NUMBER_STAMPS: Final[Mapping[N, Stamp]] = {
    N.RESERVING: Stamp(to_translate("Being reserved"), "wait"),
    N.RESERVED: Stamp(to_translate("Reserved"), "done"),
    N.ASSIGNED: Stamp(to_translate("Assigned"), "done"),
    N.IN_USE: Stamp(to_translate("In use"), "done"),
    N.SUSPENDED: Stamp(to_translate("Suspended"), "wait"),
    N.PORTED_OUT: Stamp(to_translate("Ported out"), "idle"),
    N.QUARANTINE: Stamp(to_translate("Quarantine"), "wait"),
    N.RETURNED: Stamp(to_translate("Given back"), "idle"),
    N.UNAVAILABLE: Stamp(to_translate("Unavailable"), "unknown"),
}

# What a number does next when nobody does anything.
OUTLOOK: Final[Mapping[N, str]] = {
    N.RESERVING: to_translate("The provider's answer decides."),
    N.RESERVED: to_translate("Given back by itself unless a SIM is assigned in time."),
    N.ASSIGNED: to_translate("Waits for its line to be activated."),
    N.IN_USE: to_translate("Its line is live."),
    N.SUSPENDED: to_translate("Waits for its line to be resumed or ended."),
    N.PORTED_OUT: to_translate("Another operator has it."),
    N.QUARANTINE: to_translate("Rests, and is then given back by itself."),
    N.RETURNED: to_translate("May be offered to anybody again."),
    N.UNAVAILABLE: to_translate("Stays out of circulation until a person says otherwise."),
}

RELEASE_WORDS: Final[Mapping[str, str]] = {
    "NOT_NEEDED": to_translate("nothing to take back"),
    "PENDING": to_translate("is being told"),
    "DONE": to_translate("has taken it back"),
    "FAILED": to_translate("refused to take it back"),
}

NUMBER_ACTIONS: Final[Mapping[NumberAction, ActionWords]] = {
    NumberAction.RELEASE: ActionWords(
        to_translate("Give back"),
        to_translate(
            "Gives the reserved number back; the provider is told, and anybody may take it then."
        ),
        to_translate("It is returned."),
        asks=to_translate("Give this number back?"),
    ),
    NumberAction.BLOCK: ActionWords(
        to_translate("Mark unavailable"),
        to_translate("Takes it out of circulation until you unblock it. The provider is not told."),
        to_translate("It is out of circulation now."),
        asks=to_translate("Take this number out of circulation?"),
    ),
    NumberAction.UNBLOCK: ActionWords(
        to_translate("Unblock"),
        to_translate("Lets the next sweep give it back to the provider."),
        to_translate("The next sweep gives it back."),
        asks=to_translate("Let this number be given back?"),
    ),
    NumberAction.PORT_OUT: ActionWords(
        to_translate("Note port-out"),
        to_translate("The line has left for another operator."),
        to_translate("It is noted as ported out."),
        asks=to_translate("Note that another operator has this number?"),
    ),
    NumberAction.COME_BACK: ActionWords(
        to_translate("Note return"),
        to_translate(
            "The number came back from the other operator; it rests before it is given back."
        ),
        to_translate("It rests now, and is given back afterwards."),
        asks=to_translate("Note that this number came back?"),
    ),
    NumberAction.REINSTATE: ActionWords(
        to_translate("Reinstate"),
        to_translate(
            "The same customer goes on with the line. The provider is not told; its SIM must still work."
        ),
        to_translate("It is in use again."),
    ),
}

NOTHING_FITS: Final = to_translate("Nothing: its life goes on by itself from here.")

# What moved a number.
MOVES: Final[Mapping[str, str]] = {
    T.RESERVE: to_translate("Claimed anew"),
    T.CONFIRM: to_translate("Reserved at the provider"),
    T.WITHDRAW: to_translate("Not reserved at the provider"),
    T.GIVE_UP: to_translate("Left in doubt: no answer of the provider"),
    T.RELEASE: to_translate("Given back"),
    T.ABANDON: to_translate("Given back: no SIM in time"),
    T.ASSIGN: to_translate("Put on a SIM"),
    T.UNASSIGN: to_translate("Taken off its SIM"),
    T.ACTIVATE: to_translate("Line activated"),
    T.SUSPEND: to_translate("Line suspended"),
    T.RESUME: to_translate("Line resumed"),
    T.TERMINATE: to_translate("Line ended"),
    T.REINSTATE: to_translate("Reinstated"),
    T.END_QUARANTINE: to_translate("Rest is over"),
    T.PORT_OUT: to_translate("Ported out"),
    T.COME_BACK: to_translate("Came back from another operator"),
    T.BLOCK: to_translate("Taken out of circulation"),
    T.UNBLOCK: to_translate("Put back into circulation"),
}

# What a check of numbering promises, as it says so itself.
PROMISES: Final = (
    to_translate("What the provider has reserved for us is ours here, and only that"),
    to_translate("No number is in two live previews"),
    to_translate("A preview and the number reserved from it name each other"),
    to_translate("From one hold at most one number was reserved"),
    to_translate("No release changed a number that was in use"),
    to_translate("No operation is older than its lease, unless a person has it"),
    to_translate("A returned number has no SIM"),
    to_translate("Previews end 30 seconds before their holds"),
    to_translate(
        "A contract has a line while its service runs, and none when it is cancelled; "
        "where the line stands is where its number and its contract do"
    ),
)

# Why something cannot be done to a number, as its actions say so themselves.
REASONS: Final = (
    to_translate(
        "the provider's answer about its reservation is still missing; "
        "settle that operation first, and the number follows"
    ),
    to_translate("a contract waits for it; cancel the contract instead"),
    to_translate("no SIM has it, so there is no line to go on with"),
    to_translate("its line was ended with its contract; a new contract needs a new number"),
    to_translate("where it stands now does not allow it"),
)
