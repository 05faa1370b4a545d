"""How the timeline calls the parts of an application, their states, and what moves them."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.http.showing import PartWords, Stamp
from tramita.kit.languages.words import to_translate
from tramita.transfers.console.words import (
    APPLICATION_STAMPS,
    OFFER_STAMPS,
    ORIGINS,
    PAYMENT_STAMPS,
)
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.lifecycle import DocumentJobState, DocumentJobTrigger
from tramita.transfers.lifecycle import OfferTrigger as O
from tramita.transfers.lifecycle import PaymentTrigger as P
from tramita.transfers.naming.documents import DOCUMENTS, JOB_STAMPS
from tramita.transfers.naming.fields import LABELS
from tramita.transfers.rules.roles import Role

_STATES: Final = {state.value: stamp for state, stamp in APPLICATION_STAMPS.items()}
_MONEY: Final = {state.value: stamp for state, stamp in PAYMENT_STAMPS.items()}
_MOVES: Final[Mapping[str, str]] = {
    T.SUBMIT: to_translate("Sent to be checked"),
    T.RETURN: to_translate("Returned"),
    T.CHECK: to_translate("Checked"),
    T.REOPEN_DRAFT: to_translate("Taken back from 1C"),
    T.ACCEPT_OFFER: to_translate("Offer accepted"),
    T.START_WORK: to_translate("Taken into work"),
    T.COMPLETE: to_translate("Completed"),
    T.CANCEL: to_translate("Cancelled"),
    T.REJECT: to_translate("Rejected"),
    P.SEND_TEST: to_translate("Test payment sent"),
    P.PASS_TEST: to_translate("Test payment has come"),
    P.SEND: to_translate("Payment sent"),
    P.TAKE_BACK: to_translate("Payment was not sent after all"),
    P.RECEIVE: to_translate("Payment received"),
    P.PAY_OUT: to_translate("Paid to the beneficiary"),
    P.CONFIRM: to_translate("Beneficiary has confirmed"),
    P.REPORT_PROBLEM: to_translate("Problem with the payment"),
}
_OFFER_MOVES: Final[Mapping[str, str]] = {
    O.SUBMIT: to_translate("Offered"),
    O.ACCEPT: to_translate("Accepted"),
    O.AUTO_ACCEPT: to_translate("Accepted by itself"),
    O.DECLINE: to_translate("Declined"),
    O.SUPERSEDE: to_translate("Replaced"),
    O.WITHDRAW: to_translate("Withdrawn"),
    O.EXPIRE: to_translate("Has run out"),
}
_JOB_MOVES: Final[Mapping[str, str]] = {
    DocumentJobTrigger.QUEUE: to_translate("Taken by 1C"),
    DocumentJobTrigger.GENERATE: to_translate("Begun"),
    DocumentJobTrigger.MAKE_READY: to_translate("Made"),
    DocumentJobTrigger.STORE: to_translate("Its file has come"),
    DocumentJobTrigger.POST: to_translate("Put into the chat"),
    DocumentJobTrigger.FAIL: to_translate("Failed"),
    DocumentJobTrigger.CANCEL: to_translate("Not wanted any more"),
}
JOB_STATES: Final[Mapping[str, Stamp]] = {
    state.value: Stamp(*JOB_STAMPS[state]) for state in DocumentJobState
}
# Who has changed the form, by their role.
_CHANGED: Final[Mapping[str, str]] = {
    Role.CLIENT: to_translate("Filled in by the client"),
    Role.AGENT: to_translate("Filled in by the agent"),
    Role.MANAGER: to_translate("Filled in by the tenant"),
    Role.TENANT_ADMIN: to_translate("Filled in by the tenant"),
    Role.PLATFORM_ADMIN: to_translate("Filled in by the house"),
    Role.ONEC: to_translate("Corrected by 1C"),
}
PARTS: Final[Mapping[str, PartWords]] = {
    "applications": PartWords(to_translate("Application"), _MONEY | _STATES, _MOVES),
    "offers": PartWords(
        to_translate("Offer"),
        {state.value: stamp for state, stamp in OFFER_STAMPS.items()},
        _OFFER_MOVES,
    ),
    "document_jobs": PartWords(to_translate("Document asked for"), JOB_STATES, _JOB_MOVES),
    "application_revisions": PartWords(to_translate("Form"), moves=_CHANGED, values=LABELS),
    "application_documents": PartWords(to_translate("Document"), moves=DOCUMENTS, values=ORIGINS),
}
