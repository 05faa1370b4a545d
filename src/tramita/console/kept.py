"""Sentences that are kept as they read, for the console's catalogues to have them and its pages to know them.

They are said where something happens, in English, with ``{names}`` for what is filled in: why an operation
stands where it does, why something moved, what a check has found, what of a person is under way.
"""

from collections.abc import Mapping
from typing import Final

from tramita.console.refusals import REASONS, REFUSALS
from tramita.kit.languages.kept import Sentences
from tramita.kit.languages.words import to_translate

CAUSES: Final = (
    to_translate("Nobody waits for it any more."),
    to_translate("No card is defined."),
    to_translate("Somebody has ended it on their own word."),
    to_translate("The contract has another proposal, or wants none any more."),
    to_translate("The contract has no number on a SIM any more."),
    to_translate("The contract was cancelled before anything was sent."),
    to_translate("The contract was cancelled."),
    to_translate("The lender has {ended} it ({code}: {reason})"),
    to_translate("The lender is to decide by {day}."),
    to_translate("The lender was to decide by {day}, and has not."),
    to_translate("The line has ended."),
    to_translate("The line is live."),
    to_translate("The number was reserved anew before it was given back."),
    to_translate("The operator has ended the line of its own accord."),
    to_translate(
        "The provider accepted it, and it is cancelled there, because of our rules: {broken}"
    ),
    to_translate("The provider answers with {key}, which is another contract's."),
    to_translate("The provider could not be asked for {key}: {reason}"),
    to_translate("The provider could not be asked what became of it: {reason}"),
    to_translate("The provider could not be asked: {reason}"),
    to_translate("The provider does not answer the question ({code}: {reason})."),
    to_translate("The provider does not say what became of it ({code}: {reason})."),
    to_translate("The provider does not say what it did with the request."),
    to_translate("The provider has not done it."),
    to_translate("The provider has not seen the request so far."),
    to_translate("The provider has not seen the request."),
    to_translate("The provider holds {key} and does not show it ({code}: {reason})."),
    to_translate("The provider refused the request."),
    to_translate("The provider says so, asked about it."),
    to_translate("The provider says that there is no such proposal."),
    to_translate("The provider says {code}: {reason}"),
    to_translate("The signing service does not know it any more."),
    to_translate("There is no number {number}."),
    to_translate("It was held for a caller who had gone; it is given back."),
    to_translate("It was sent, and the process ended before the answer."),
    to_translate("Whoever has it in hand may be sending it."),
    to_translate("a double of the contract's proposal"),
    to_translate("accepted as {reference}"),
    to_translate("accepted as {reference}, without an answer"),
    to_translate("it was found alive after its contract had ended here"),
    to_translate("its deadline has passed"),
    to_translate("its order was canceled"),
    to_translate("no answer within {seconds} s"),
    to_translate("no connection within {seconds} s"),
    to_translate("no connection: {error}"),
    to_translate("our bot may not write into this chat"),
    to_translate("refused by our rules"),
    to_translate("the answer was larger than {bytes} bytes"),
    to_translate("the connection broke: {error}"),
    to_translate("the contract was cancelled here meanwhile"),
    to_translate("the proposal has ended"),
    to_translate("the proposal has moved on"),
    to_translate("too many calls to {provider} under way"),
    to_translate("unreadable answer, HTTP {status}: {why}"),
    to_translate("{provider} is down, calls are held back"),
)
"""Why an operation stands where it does, and why something moved."""

FINDINGS: Final = (
    to_translate("a number of it is reserved there, none here"),
    to_translate("a number was reserved from it, and it does not say so"),
    to_translate("cancelled, its number is {status}"),
    to_translate("expires {at}, held until {until}"),
    to_translate("it claims a number that is not being reserved"),
    to_translate("its line is {line}, its number {number}"),
    to_translate("its reserved number is none of its three"),
    to_translate("its service runs, its number is {status}"),
    to_translate("returned here (release {release}), still reserved there"),
    to_translate("returned, with a SIM"),
    to_translate("{count} live previews offer {number}"),
    to_translate("{count} numbers were reserved from one hold"),
    to_translate("{count} operations reserved it under one key"),
    to_translate("{here} here, {there} there"),
    to_translate("{kind} is {state}, its lease ended {at}"),
    to_translate("{trigger} took it from {state} to {to}"),
)
"""What breaks a promise of numbering."""

UNDER_WAY: Final = (
    to_translate("a message to chat {chat} is being sent ({state})"),
    to_translate("an instalment of contract {contract} is {state}"),
    to_translate("application {application} is {state}"),
    to_translate("contract {contract} is being signed ({state})"),
    to_translate("contract {contract} is {state}"),
    to_translate("contract {contract} ({backend}) is {state}"),
    to_translate("job {job} ({name}) is {state}"),
    to_translate("order {order} is completed, and its course ends on {day}"),
    to_translate("the number of contract {contract} is {state}"),
    to_translate("{kind} of {subject} is {state}"),
)
"""What of a person is open, so that they cannot be erased yet."""

SENTENCES: Final[Mapping[str, Sentences]] = {
    "causes": Sentences.of(CAUSES),
    "refusals": Sentences.of((*REFUSALS, *REASONS)),
    "findings": Sentences.of(FINDINGS),
    "under_way": Sentences.of(UNDER_WAY),
}
"""By where they are kept: what a person wrote as a cause is not to be taken for what a check has found."""
