"""What people read of states and acts in the Mini App."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.languages.words import to_translate
from tramita.transfers.lifecycle import (
    ApplicationState,
    ApplicationTrigger,
    PaymentState,
    PaymentTrigger,
)
from tramita.transfers.naming.documents import Stamp

S, T, P, PT = ApplicationState, ApplicationTrigger, PaymentState, PaymentTrigger

STAMPS: Final[Mapping[ApplicationState, Stamp]] = {
    S.DRAFT: (to_translate("Draft"), "idle"),
    S.SUBMITTED: (to_translate("To be checked"), "wait"),
    S.NEW_IN_HOUSE: (to_translate("New in-house application"), "wait"),
    S.OFFER_ACCEPTED: (to_translate("Conditions accepted"), "done"),
    S.IN_WORK: (to_translate("In work"), "done"),
    S.COMPLETED: (to_translate("Completed"), "done"),
    S.CANCELLED: (to_translate("Cancelled"), "idle"),
    S.REJECTED: (to_translate("Rejected"), "refused"),
}
STEPS: Final = (
    (to_translate("Filling in"), S.DRAFT),
    (to_translate("Check"), S.SUBMITTED),
    (to_translate("Conditions"), S.NEW_IN_HOUSE),
    (to_translate("Payment"), S.OFFER_ACCEPTED),
    (to_translate("Done"), S.COMPLETED),
)
PAYMENT_MARKS: Final[Mapping[PaymentState, str]] = {
    P.TEST_SENT: to_translate("Test payment sent"),
    P.TEST_OK: to_translate("Test payment has come"),
    P.CLIENT_SENT: to_translate("Payment sent"),
    P.FUNDS_RECEIVED: to_translate("Payment received"),
    P.PAID_OUT: to_translate("Paid to the beneficiary"),
    P.CONFIRMED: to_translate("Beneficiary has confirmed"),
    P.RETURNED: to_translate("Payment came back"),
    P.PROBLEM: to_translate("Problem with the payment"),
}
# The usual way of a payment; a test is a detour that is shown only when it was made.
PAYMENT_WAY: Final = (P.CLIENT_SENT, P.FUNDS_RECEIVED, P.PAID_OUT, P.CONFIRMED)

ACTS: Final[Mapping[ApplicationTrigger, str]] = {
    T.SUBMIT: to_translate("Send to be checked"),
    T.RETURN: to_translate("Return to be corrected"),
    T.CHECK: to_translate("Set to “new in-house application”"),
    T.REOPEN_DRAFT: to_translate("Take back from 1C"),
    T.START_WORK: to_translate("Take into work"),
    T.COMPLETE: to_translate("Complete"),
    T.CANCEL: to_translate("Cancel the application"),
}
QUESTIONS: Final[Mapping[ApplicationTrigger, str]] = {
    T.RETURN: to_translate(
        "The client is told of it in the chat, and reads the reason in the application."
    ),
    T.CHECK: to_translate(
        "The application goes to 1C, and the client can no longer change it. Is everything right?"
    ),
    T.REOPEN_DRAFT: to_translate(
        "The application is cancelled in 1C and becomes a draft again. The client is told of it in the "
        "chat, and reads the reason in the application."
    ),
    T.COMPLETE: to_translate("Nothing can be changed afterwards."),
    T.CANCEL: to_translate("The application ends here. There is no way back."),
}
PAYMENT_ACTS: Final[Mapping[PaymentTrigger, str]] = {
    PT.SEND: to_translate("I have sent the payment"),
    PT.SEND_TEST: to_translate("I have sent a test payment"),
    PT.TAKE_BACK: to_translate("I have not sent it after all"),
}
AGENTS_PAYMENT_ACTS: Final[Mapping[PaymentTrigger, str]] = {
    PT.SEND: to_translate("The client has sent the payment"),
    PT.SEND_TEST: to_translate("The client has sent a test payment"),
    PT.TAKE_BACK: to_translate("The client has not sent it after all"),
}
PAYMENT_QUESTIONS: Final[Mapping[PaymentTrigger, str]] = {
    PT.SEND: to_translate("Say so only when the bank has taken your payment order."),
}

HELP: Final[Mapping[str, str]] = {
    "beneficiary.name": to_translate("As in the contract, for example SHENZHEN TOOLS CO LTD"),
    "beneficiary.local_id": to_translate("In China the USCC of 18 characters"),
    "beneficiary_bank.bic": to_translate("8 or 11 characters"),
    "beneficiary_bank.local_code": to_translate("In China the CNAPS code of 12 digits"),
    "purpose.text": to_translate("Up to 140 Latin letters, for example PAYMENT FOR TOOLS INV 77"),
    "payer.inn": to_translate("10 digits of a company, 12 of a sole trader"),
}
