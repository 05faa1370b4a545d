"""Why something was not done, in the learner's words; the API's sentences are for programs' authors."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.errors import (
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    ProviderRefusedError,
    ProviderUnavailableError,
    TooManyError,
    TramitaError,
)
from tramita.kit.languages.words import Words, to_translate
from tramita.orders.errors import (
    OfferedByNobody,
    OrderCompleted,
    OrderExists,
    OrderNotPayable,
    OrderNotSignable,
    OrganizationWithoutOwner,
    WithdrawalNotPossible,
)
from tramita.payments.errors import (
    CreditCardInUse,
    CreditCardNotFound,
    InstallmentUnderWay,
    NoInstallmentToPay,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
)
from tramita.payments.rules.schedule import CourseWithoutDates
from tramita.signatures.errors import NothingToSign

# The nearest kind of error that is named here says it.
_SAID: Final[Mapping[type[TramitaError], str]] = {
    OrderExists: to_translate("You have ordered this already."),
    OfferedByNobody: to_translate("Nobody offers this at the moment."),
    CourseWithoutDates: to_translate(
        "This course has no dates yet, so it cannot be said what is due when. Please come back "
        "when they are known."
    ),
    OrderCompleted: to_translate("This order is completed and can no longer be canceled."),
    OrderNotSignable: to_translate("There is nothing to sign for this order now."),
    OrderNotPayable: to_translate("There is nothing to pay for this order now."),
    WithdrawalNotPossible: to_translate(
        "The time to withdraw is over, or has not begun. You may still cancel."
    ),
    OrganizationWithoutOwner: to_translate(
        "Nobody can sign for this organization at the moment, so your contract waits too. Please "
        "tell the organization."
    ),
    NothingToSign: to_translate("There is nothing for you to sign now."),
    CreditCardNotFound: to_translate("This card is not there any more. Please choose another."),
    CreditCardInUse: to_translate(
        "Something is still to be paid with this card. Choose another one for that order first."
    ),
    NoInstallmentToPay: to_translate("Nothing is left to be paid by hand."),
    InstallmentUnderWay: to_translate(
        "This instalment is being debited just now. Please wait for your bank's answer."
    ),
    PaymentProviderRefused: to_translate(
        "The payment service did not take this. Nothing was debited; please try again later."
    ),
    PaymentProviderUnavailable: to_translate(
        "The payment service cannot be reached. Nothing was debited; please try again later."
    ),
    ProviderRefusedError: to_translate("The signing service did not take this. Please try later."),
    ProviderUnavailableError: to_translate(
        "The signing service cannot be reached now. Your order waits; please try again later."
    ),
    OutcomeUnknownError: to_translate(
        "The signing service did not answer in time. Asking again harms nobody; please try again."
    ),
    TooManyError: to_translate("Too much at once. Wait a moment and try again."),
    ConflictError: to_translate("This cannot be done now. The page shows how things stand."),
}


def is_refusal(error: TramitaError) -> bool:
    """Whether a page can say it in place; everything else has a page of its own."""
    return isinstance(error, tuple(_SAID))


def status_of(error: TramitaError) -> int:
    """As the API answers what is not there, or cannot be now."""
    return 404 if isinstance(error, NotFoundError) else 409


def refusal_of(error: TramitaError, words: Words) -> str:
    """Why, as a sentence."""
    said = next(_SAID[kind] for kind in type(error).__mro__ if kind in _SAID)
    return words.gettext(said)
