"""How the console calls what orders, their signatures and their payments are, and what moves them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tramita.console.words import ActionWords, Stamp
from tramita.kit.languages.words import to_sentence, to_translate
from tramita.orders.lifecycle import ACTIVE, OWING, EnrollmentState
from tramita.orders.lifecycle import OrderState as S
from tramita.orders.lifecycle import OrderTrigger as T
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
    ViewWords("All", frozenset()),
    ViewWords("Payment refused", OWING, calls=True),
    ViewWords(
        "To be signed", frozenset({S.TO_SIGN, S.SIGNING, S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD})
    ),
    ViewWords("Card missing", frozenset({S.TO_SAVE_PAYMENT_METHOD})),
    ViewWords("Being paid", frozenset({S.PENDING, S.PENDING_PAYMENT})),
    ViewWords("Completed", frozenset({S.COMPLETED})),
    ViewWords("Canceled", frozenset(S) - ACTIVE),
)

INSTALLMENT_STAMPS: Final[Mapping[InstallmentState, Stamp]] = {
    InstallmentState.PENDING: Stamp("To come", "idle"),
    InstallmentState.PAID: Stamp("Paid", "done"),
    InstallmentState.REFUSED: Stamp("Refused", "refused"),
    InstallmentState.ERROR: Stamp("Not taken", "unknown"),
    InstallmentState.CANCELED: Stamp("Canceled", "idle"),
    InstallmentState.REFUNDED: Stamp("Refunded", "idle"),
}
OVERDUE: Final = Stamp("Due", "wait")
IN_FORM: Final = Stamp("Being paid by hand", "wait")

SIGNING_STAMPS: Final[Mapping[SigningState, Stamp]] = {
    SigningState.PREPARED: Stamp("Being prepared", "wait"),
    SigningState.SUBMITTING: Stamp("Being submitted", "wait"),
    SigningState.SIGNING: Stamp("Learner has to sign", "wait"),
    SigningState.HALF_SIGNED: Stamp("Organization has to sign", "wait"),
    SigningState.SIGNED: Stamp("Signed by both", "done"),
    SigningState.REFUSED: Stamp("Signature refused", "refused"),
    SigningState.EXPIRED: Stamp("Not signed in time", "refused"),
    SigningState.ABORTED: Stamp("Stopped", "idle"),
    SigningState.FAILED: Stamp("Not taken by the service", "refused"),
}
ENROLLMENT_STAMPS: Final[Mapping[EnrollmentState, Stamp]] = {
    EnrollmentState.OPEN: Stamp("Open", "done"),
    EnrollmentState.CLOSED: Stamp("Closed", "idle"),
}
NOT_OPEN: Final = Stamp("Not open yet", "idle")

INVOICES: Final[Mapping[InvoiceKind, str]] = {
    InvoiceKind.MAIN: "Main invoice",
    InvoiceKind.PAYMENT: "Invoice",
    InvoiceKind.CREDIT_NOTE: "Credit note",
}
# What a provider's code of a refusal means; its own words follow.
REFUSALS: Final[Mapping[str, str]] = {
    "insufficient_funds": "not enough money on the account",
    "card_expired": "the card has expired",
    "card_blocked": "the card is blocked",
    "authentication_required": "the bank wants its owner to be there",
    "bank_refused": "the bank gives no reason",
    "abandoned": "its owner left the form",
    "card_unknown": "the provider does not know the card",
    "payment_unknown": "the provider does not know the payment",
    "not_accepted": "the provider does not take the request",
    "other": "for a reason of its own",
}

# What moved a thing, by the table that keeps it.
MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "orders": {
        T.ASSIGN: "Assigned to an organization",
        T.NEED_BOTH: "Waits for a signature and a card",
        T.NEED_SIGNATURE: "Waits for a signature",
        T.SUBMIT: "Given to its learner to sign",
        T.LOSE_SIGNATURE: "Waits for a signature again",
        T.NEED_CARD: "Waits for a card",
        T.AWAIT_PAYMENT: "Waits for the first payment",
        T.FIRST_PAID: "First instalment paid",
        T.FIRST_REFUSED: "First instalment refused",
        T.LATER_REFUSED: "A later instalment refused",
        T.CATCH_UP: "Caught up with its payments",
        T.COMPLETE: "Completed",
        T.CANCEL: "Canceled",
        T.REFUND: "Refund begun",
        T.ALL_REFUNDED: "Everything refunded",
    },
    "installments": {
        InstallmentTrigger.PAY: "paid",
        InstallmentTrigger.REFUSE: "refused",
        InstallmentTrigger.FAIL: "not taken by the provider",
        InstallmentTrigger.CANCEL: "canceled",
        InstallmentTrigger.REFUND: "refunded",
    },
    "signing_procedures": {
        SigningTrigger.SUBMIT: "Contract goes to the signing service",
        SigningTrigger.START: "Contract ready to be signed",
        SigningTrigger.STUDENT_SIGNS: "Signed by the learner",
        SigningTrigger.ORGANIZATION_SIGNS: "Signed by the organization",
        SigningTrigger.REFUSE: "Signature refused",
        SigningTrigger.EXPIRE: "Not signed in time",
        SigningTrigger.ABORT: "Signing stopped",
        SigningTrigger.FAIL: "Contract not taken by the signing service",
    },
    "enrollments": {"close": "Course closed"},
}
STAMPS_OF: Final[Mapping[str, Mapping[str, Stamp]]] = {
    "orders": {state.value: stamp for state, stamp in ORDER_STAMPS.items()},
    "installments": {state.value: stamp for state, stamp in INSTALLMENT_STAMPS.items()},
    "signing_procedures": {state.value: stamp for state, stamp in SIGNING_STAMPS.items()},
    "enrollments": {state.value: stamp for state, stamp in ENROLLMENT_STAMPS.items()},
}
LANES: Final[Mapping[str, str]] = {
    "orders": "Order",
    "installments": "Payment",
    "signing_procedures": "Signature",
    "enrollments": "Course",
}

ORDER_ACTIONS: Final[Mapping[OrderAction, ActionWords]] = {
    OrderAction.ASK_SIGNATURE: ActionWords(
        "Ask who signed",
        "Asks the signing service who has signed, and goes on from there. It changes nothing there.",
        "The signing service is being asked.",
    ),
    OrderAction.DEBIT: ActionWords(
        "Debit now",
        "Debits what is due or was refused from the learner’s card at once, instead of on the next "
        "day for it. The provider is asked first whether it is paid.",
        "It is being debited; the schedule says what comes of it.",
        asks="Debit the learner’s card now?",
    ),
    OrderAction.WITHDRAW: ActionWords(
        "Withdraw",
        "Ends the order as its learner may before the first payment: the contract is stopped at the "
        "signing service, nothing is debited. This cannot be undone.",
        "Its learner is out of it.",
        asks="Withdraw from this order for its learner?",
    ),
    OrderAction.CANCEL: ActionWords(
        "Cancel",
        "Closes its courses, stops the contract and cancels what is not paid yet; the learning "
        "platform is told. What was paid stays until you refund it. This cannot be undone.",
        "It is canceled.",
        asks="Cancel this order?",
    ),
    OrderAction.REFUND: ActionWords(
        "Refund",
        "Gives back every payment of it to the card that paid, one after another, with a credit "
        "note for each. This cannot be undone.",
        "It is being refunded; each payment has its credit note when it has gone back.",
        asks="Give back everything that was paid?",
    ),
}

NOTHING_FITS: Final = "Nothing: its life is over."


def name_of_part_move(of: str, trigger: str, place: int | None) -> str:
    """What moved an order or a part of it; ``place`` is which instalment it is."""
    name = MOVES.get(of, {}).get(trigger, trigger.replace("_", " "))
    if of == "installments":
        return f"Instalment {place or '?'} {name}"
    return name[:1].upper() + name[1:]


def stamp_of(of: str, state: str) -> Stamp:
    """Where a move led."""
    return STAMPS_OF.get(of, {}).get(state, Stamp(state.replace("_", " ").capitalize(), "idle"))


def explain_refusal(refusal: str | None) -> str | None:
    """Why there is no money: in our words, and then in the provider's."""
    if not refusal:
        return None
    code, _, said = refusal.partition(":")
    meaning = REFUSALS.get(code.strip())
    return to_sentence(
        f"{meaning}: {said.strip()}" if meaning and said.strip() else meaning or refusal
    )
