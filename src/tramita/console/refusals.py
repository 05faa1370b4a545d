"""Why something was not done, for the console's catalogues to have it.

It is said where that is decided: in English, with ``{names}`` for what is filled in, as the
``sentence`` of an error is. A page shows it in its reader's language.
"""

from typing import Final

from tramita.kit.languages.words import to_translate

REFUSALS: Final = (
    to_translate("This cannot be done now: {why}."),
    to_translate("{by} looks after this already, since {since}."),
    to_translate("No process holds calls to {provider} back."),
    to_translate("{what} is paused already, by {by} since {since}."),
    to_translate("{what} is not paused; somebody may have resumed it already."),
    to_translate("Nothing of that needs attention any more."),
    to_translate("The webhook endpoint {id} is disabled: {reason}. Enable it first."),
    to_translate("You have {number} views of this list. Forget one of them first."),
    to_translate("The file {id} is still being written."),
    to_translate("You have {number} files of the last day. Wait until one of them has gone."),
    to_translate("One of these jobs was enqueued anew at this moment. Look again."),
    to_translate("Messages of {provider} are read by nobody here any more."),
    to_translate('A {subject} that is {state} cannot take "{trigger}".'),
    to_translate("A note has 1 to {longest} characters."),
    to_translate("This person cannot be erased yet: {what}."),
    to_translate("Nothing is held here of such a person."),
    to_translate("This is neither an id nor a document: CPF, CNPJ, INN or passport."),
    to_translate("Contract {id} is cancelled and cannot be changed any more."),
    to_translate("Contract {id} is at version {version} by now; read it again before changing it."),
    to_translate(
        "Contract {id} is {state}; only an activated contract can be suspended or resumed."
    ),
    to_translate("The backend {backend} is not available here: {reason}. Nothing was changed."),
    to_translate("The backend {backend} refused: {reason}."),
    to_translate(
        "Contract(s) {numbers} are being paid or were paid; the envelope cannot be cancelled."
    ),
    to_translate(
        "Contract {number} is being paid or was paid; money cannot be called back, so the contract "
        "goes on."
    ),
    to_translate("It is to end in the future."),
    to_translate("It is to end within a year."),
    to_translate("{provider} does: {kinds}."),
    to_translate("Name operations, or a kind or a provider of those that wait."),
    to_translate("The envelope was cancelled; its link can no longer be requested."),
)
"""As errors say it that a person can meet in the console, whichever journey they are of."""

REASONS: Final = (
    to_translate("only an operation that needs attention can be acted on"),
    to_translate(
        "the provider has not said that nothing was created, so sending again could do it twice; "
        "ask again first"
    ),
    to_translate("the provider holds {reference} for it, so sending again would do it twice"),
    to_translate("asking again does both, because each further attempt begins by asking"),
)
"""Why an action on an operation is not allowed now, in the middle of a sentence."""
