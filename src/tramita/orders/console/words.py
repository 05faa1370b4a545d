"""How the console calls what orders, their signatures and their payments are, and what moves them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tramita.console.words import ActionWords, Stamp
from tramita.kit.languages.filled import Filled
from tramita.kit.languages.words import to_translate
from tramita.orders.lifecycle import ACTIVE, OWING, EnrollmentState
from tramita.orders.lifecycle import OrderState as S
from tramita.orders.lifecycle import OrderTrigger as T
from tramita.orders.model import ProductType, Role
from tramita.orders.operator.actions import OrderAction
from tramita.payments.invoices import InvoiceKind
from tramita.payments.lifecycle import InstallmentState, InstallmentTrigger
from tramita.signatures.lifecycle import SigningState, SigningTrigger

ORDER_STAMPS: Final[Mapping[S, Stamp]] = {
    S.DRAFT: Stamp(to_translate("Draft"), "idle"),
    S.ASSIGNED: Stamp(to_translate("Assigned"), "idle"),
    S.TO_SIGN: Stamp(to_translate("To be signed"), "wait"),
    S.SIGNING: Stamp(to_translate("Being signed"), "wait"),
    S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD: Stamp(to_translate("Signature and card missing"), "wait"),
    S.TO_SAVE_PAYMENT_METHOD: Stamp(to_translate("Card missing"), "wait"),
    S.PENDING: Stamp(to_translate("First payment awaited"), "wait"),
    S.PENDING_PAYMENT: Stamp(to_translate("Paid in instalments"), "done"),
    S.NO_PAYMENT: Stamp(to_translate("First payment refused"), "refused"),
    S.FAILED_PAYMENT: Stamp(to_translate("Payment refused"), "refused"),
    S.COMPLETED: Stamp(to_translate("Completed"), "done"),
    S.CANCELED: Stamp(to_translate("Canceled"), "idle"),
    S.REFUNDING: Stamp(to_translate("Being refunded"), "wait"),
    S.REFUNDED: Stamp(to_translate("Refunded"), "idle"),
}

# What an order waits for when nobody does anything.
OUTLOOK: Final[Mapping[S, str]] = {
    S.DRAFT: to_translate("It is being made."),
    S.ASSIGNED: to_translate("It is being made."),
    S.TO_SIGN: to_translate("Its learner has to ask for the contract, and to sign it."),
    S.SIGNING: to_translate("The contract is with its learner, who has to sign it."),
    S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD: to_translate(
        "Its learner has to sign, and to save a card, in any order."
    ),
    S.TO_SAVE_PAYMENT_METHOD: to_translate(
        "Its learner has to save a card; nothing is debited before."
    ),
    S.PENDING: to_translate(
        "The first instalment is debited when it is due; the courses open then."
    ),
    S.PENDING_PAYMENT: to_translate(
        "The courses are open. What is due later is debited by itself."
    ),
    S.NO_PAYMENT: to_translate(
        "The bank has refused the first instalment. It is tried again by itself, or its "
        "learner pays it; the courses stay closed until then."
    ),
    S.FAILED_PAYMENT: to_translate(
        "The bank has refused a later instalment. It is tried again by itself, or its "
        "learner pays it; the courses stay open."
    ),
    S.COMPLETED: to_translate(
        "Its learner has nothing left to sign or to pay. There is nothing left to do."
    ),
    S.CANCELED: to_translate(
        "Its courses are closed and nothing is debited. What was paid stays until it is refunded."
    ),
    S.REFUNDING: to_translate("What was paid goes back, one payment after another."),
    S.REFUNDED: to_translate("Everything that was paid has gone back."),
}


@dataclass(frozen=True, slots=True)
class ViewWords:
    """A tab of the list: states that mean the same to whoever looks for work."""

    title: str
    states: AbstractSet[S]
    calls: bool = False


VIEWS: Final = (
    ViewWords(to_translate("All"), frozenset()),
    ViewWords(to_translate("Payment refused"), OWING, calls=True),
    ViewWords(
        to_translate("To be signed"),
        frozenset({S.TO_SIGN, S.SIGNING, S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD}),
    ),
    ViewWords(to_translate("Card missing"), frozenset({S.TO_SAVE_PAYMENT_METHOD})),
    ViewWords(to_translate("Being paid"), frozenset({S.PENDING, S.PENDING_PAYMENT})),
    ViewWords(to_translate("Completed"), frozenset({S.COMPLETED})),
    ViewWords(to_translate("Canceled"), frozenset(S) - ACTIVE),
)

INSTALLMENT_STAMPS: Final[Mapping[InstallmentState, Stamp]] = {
    InstallmentState.PENDING: Stamp(to_translate("To come"), "idle"),
    InstallmentState.PAID: Stamp(to_translate("Paid"), "done"),
    InstallmentState.REFUSED: Stamp(to_translate("Refused"), "refused"),
    InstallmentState.ERROR: Stamp(to_translate("Not taken"), "unknown"),
    InstallmentState.CANCELED: Stamp(to_translate("Canceled"), "idle"),
    InstallmentState.REFUNDED: Stamp(to_translate("Refunded"), "idle"),
}
OVERDUE: Final = Stamp(to_translate("Due"), "wait")
IN_FORM: Final = Stamp(to_translate("Being paid by hand"), "wait")

SIGNING_STAMPS: Final[Mapping[SigningState, Stamp]] = {
    SigningState.PREPARED: Stamp(to_translate("Being prepared"), "wait"),
    SigningState.SUBMITTING: Stamp(to_translate("Being submitted"), "wait"),
    SigningState.SIGNING: Stamp(to_translate("Learner has to sign"), "wait"),
    SigningState.HALF_SIGNED: Stamp(to_translate("Organization has to sign"), "wait"),
    SigningState.SIGNED: Stamp(to_translate("Signed by both"), "done"),
    SigningState.REFUSED: Stamp(to_translate("Signature refused"), "refused"),
    SigningState.EXPIRED: Stamp(to_translate("Not signed in time"), "refused"),
    SigningState.ABORTED: Stamp(to_translate("Stopped"), "idle"),
    SigningState.FAILED: Stamp(to_translate("Not taken by the service"), "refused"),
}
ENROLLMENT_STAMPS: Final[Mapping[EnrollmentState, Stamp]] = {
    EnrollmentState.OPEN: Stamp(to_translate("Open"), "done"),
    EnrollmentState.CLOSED: Stamp(to_translate("Closed"), "idle"),
}
NOT_OPEN: Final = Stamp(to_translate("Not open yet"), "idle")

NOT_SUBMITTED: Final = Stamp(to_translate("Not submitted yet"), "idle")

INVOICES: Final[Mapping[InvoiceKind, str]] = {
    InvoiceKind.MAIN: to_translate("Main invoice"),
    InvoiceKind.PAYMENT: to_translate("Invoice"),
    InvoiceKind.CREDIT_NOTE: to_translate("Credit note"),
}
MOVEMENTS: Final[Mapping[str, str]] = {
    "payment": to_translate("Paid"),
    "refusal": to_translate("Refused"),
    "refund": to_translate("Given back"),
}
# What a provider's code of a refusal means; its own words follow.
REFUSALS: Final[Mapping[str, str]] = {
    "insufficient_funds": to_translate("not enough money on the account"),
    "card_expired": to_translate("the card has expired"),
    "card_blocked": to_translate("the card is blocked"),
    "authentication_required": to_translate("the bank wants its owner to be there"),
    "bank_refused": to_translate("the bank gives no reason"),
    "abandoned": to_translate("its owner left the form"),
    "card_unknown": to_translate("the provider does not know the card"),
    "payment_unknown": to_translate("the provider does not know the payment"),
    "not_accepted": to_translate("the provider does not take the request"),
    "other": to_translate("for a reason of its own"),
}

# What moved a thing, by the table that keeps it.
MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "orders": {
        T.ASSIGN: to_translate("Assigned to an organization"),
        T.NEED_BOTH: to_translate("Waits for a signature and a card"),
        T.NEED_SIGNATURE: to_translate("Waits for a signature"),
        T.SUBMIT: to_translate("Given to its learner to sign"),
        T.LOSE_SIGNATURE: to_translate("Waits for a signature again"),
        T.NEED_CARD: to_translate("Waits for a card"),
        T.AWAIT_PAYMENT: to_translate("Waits for the first payment"),
        T.FIRST_PAID: to_translate("First instalment paid"),
        T.FIRST_REFUSED: to_translate("First instalment refused"),
        T.LATER_REFUSED: to_translate("A later instalment refused"),
        T.CATCH_UP: to_translate("Caught up with its payments"),
        T.COMPLETE: to_translate("Completed"),
        T.CANCEL: to_translate("Canceled"),
        T.REFUND: to_translate("Refund begun"),
        T.ALL_REFUNDED: to_translate("Everything refunded"),
    },
    "installments": {
        InstallmentTrigger.PAY: to_translate("Paid"),
        InstallmentTrigger.REFUSE: to_translate("Refused"),
        InstallmentTrigger.FAIL: to_translate("Not taken by the provider"),
        InstallmentTrigger.CANCEL: to_translate("Canceled"),
        InstallmentTrigger.REFUND: to_translate("Refunded"),
    },
    "signing_procedures": {
        SigningTrigger.SUBMIT: to_translate("Contract goes to the signing service"),
        SigningTrigger.START: to_translate("Contract ready to be signed"),
        SigningTrigger.STUDENT_SIGNS: to_translate("Signed by the learner"),
        SigningTrigger.ORGANIZATION_SIGNS: to_translate("Signed by the organization"),
        SigningTrigger.REFUSE: to_translate("Signature refused"),
        SigningTrigger.EXPIRE: to_translate("Not signed in time"),
        SigningTrigger.ABORT: to_translate("Signing stopped"),
        SigningTrigger.FAIL: to_translate("Contract not taken by the signing service"),
    },
    "enrollments": {"close": to_translate("Course closed")},
}
STAMPS_OF: Final[Mapping[str, Mapping[str, Stamp]]] = {
    "orders": {state.value: stamp for state, stamp in ORDER_STAMPS.items()},
    "installments": {state.value: stamp for state, stamp in INSTALLMENT_STAMPS.items()},
    "signing_procedures": {state.value: stamp for state, stamp in SIGNING_STAMPS.items()},
    "enrollments": {state.value: stamp for state, stamp in ENROLLMENT_STAMPS.items()},
}
# What is sold, and what whoever acts for an organization may do.
PRODUCTS: Final[Mapping[str, str]] = {
    ProductType.CREDENTIAL: to_translate("Set of courses"),
    ProductType.ENROLLMENT: to_translate("One course"),
    ProductType.CERTIFICATE: to_translate("Certificate"),
}
ROLES: Final[Mapping[Role, str]] = {
    Role.OWNER: to_translate("Owner"),
    Role.ADMINISTRATOR: to_translate("Administrator"),
    Role.MEMBER: to_translate("Member"),
}
LANES: Final[Mapping[str, str]] = {
    "orders": to_translate("Order"),
    "installments": to_translate("Payment"),
    "signing_procedures": to_translate("Signature"),
    "enrollments": to_translate("Course"),
}

ORDER_ACTIONS: Final[Mapping[OrderAction, ActionWords]] = {
    OrderAction.ASK_SIGNATURE: ActionWords(
        to_translate("Ask who signed"),
        to_translate(
            "Asks the signing service who has signed, and goes on from there. It changes nothing there."
        ),
        to_translate("The signing service is being asked."),
    ),
    OrderAction.DEBIT: ActionWords(
        to_translate("Debit now"),
        to_translate(
            "Debits what is due or was refused from the learner’s card at once, instead of on the next "
            "day for it. The provider is asked first whether it is paid."
        ),
        to_translate("It is being debited; the schedule says what comes of it."),
        asks=to_translate("Debit the learner’s card now?"),
    ),
    OrderAction.WITHDRAW: ActionWords(
        to_translate("Withdraw"),
        to_translate(
            "Ends the order as its learner may before the first payment: the contract is stopped at the "
            "signing service, nothing is debited. Your reason is read by the partner too. This cannot be "
            "undone."
        ),
        to_translate("Its learner is out of it."),
        asks=to_translate("Withdraw from this order for its learner?"),
    ),
    OrderAction.CANCEL: ActionWords(
        to_translate("Cancel"),
        to_translate(
            "Closes its courses, stops the contract and cancels what is not paid yet; the learning "
            "platform is told. What was paid stays until you refund it. Your reason is read by the partner "
            "too. This cannot be undone."
        ),
        to_translate("It is canceled."),
        asks=to_translate("Cancel this order?"),
    ),
    OrderAction.REFUND: ActionWords(
        to_translate("Refund"),
        to_translate(
            "Gives back every payment of it to the card that paid, one after another, with a credit "
            "note for each. This cannot be undone."
        ),
        to_translate(
            "It is being refunded; each payment has its credit note when it has gone back."
        ),
        asks=to_translate("Give back everything that was paid?"),
    ),
}

NOTHING_FITS: Final = to_translate("Nothing: its life is over.")


def explain_refusal(refusal: str | None) -> str | None:
    """Why there is no money: in our words, and then in the provider's; to be translated."""
    if not refusal:
        return None
    code, _, said = refusal.partition(":")
    meaning = REFUSALS.get(code.strip())
    if meaning and said.strip():
        return Filled.of("{meaning}: {said}", meaning=meaning, said=said.strip())
    return meaning or refusal


# What the e-mails of learners are called.
MAILS: Final = (
    to_translate("Account link"),
    to_translate("Installment paid"),
    to_translate("Installment refused"),
    to_translate("Installment reminder"),
    to_translate("Installments fully paid"),
    to_translate("Order refunded"),
    to_translate("Order validated"),
)

# Why something cannot be done to an order or to what is offered, as it is said there.
REASONS: Final = (
    to_translate("nothing of it is being signed at a signing service"),
    to_translate("the order is over, and nothing is debited for it"),
    to_translate("it is free"),
    to_translate("nothing is due yet, and nothing was refused"),
    to_translate("no card is defined that can be debited; its learner has to save one first"),
    to_translate("it is being debited, or paid in a form, just now: its end has to be waited for"),
    to_translate("its learner has waived the right to withdraw"),
    to_translate("the order binds nobody yet, or its first payment is due; it may be canceled"),
    to_translate("it is over already"),
    to_translate("cancel it first: what is given back is what a canceled order has paid"),
    to_translate("nothing was paid for it"),
)
REFUSALS_OF_USE_CASES: Final = (
    to_translate("The time to withdraw from the order {id} has not begun, or is over."),
    to_translate("Of the order {id} nothing was paid, or it is not canceled."),
    to_translate('There is already a {kind} with code "{code}".'),
    to_translate("course"),
    to_translate("organization"),
    to_translate("{username} is a member of this organization already."),
    to_translate("There is no member {id} of this organization."),
    to_translate("This product is offered for this course already."),
    to_translate("There is no course {id}."),
    to_translate("There is no organization {id}."),
    to_translate("There is no product {id}."),
    to_translate("There is no contract definition {id}."),
    to_translate("A course ends after it starts."),
    to_translate("Each is named once."),
    to_translate("Nothing is called {name}. There are: {names}."),
    to_translate("Nothing can be sold in {currency}: it has no hundredths."),
)
