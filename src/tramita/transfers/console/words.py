"""How the console calls what applications, their money and their offers are, and what a person may do."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tramita.console.words import ActionWords, Stamp
from tramita.kit.languages.words import to_translate
from tramita.transfers.attention import Need
from tramita.transfers.console.acts import ApplicationAction
from tramita.transfers.handed import Told
from tramita.transfers.lifecycle import ApplicationState as S
from tramita.transfers.lifecycle import OfferState as O
from tramita.transfers.lifecycle import PaymentState as P
from tramita.transfers.model import AgentRole, DocumentOrigin
from tramita.transfers.office.standing import OnecState

APPLICATION_STAMPS: Final[Mapping[S, Stamp]] = {
    S.DRAFT: Stamp(to_translate("Draft"), "idle"),
    S.SUBMITTED: Stamp(to_translate("To be checked"), "wait"),
    S.NEW_IN_HOUSE: Stamp(to_translate("New in-house"), "wait"),
    S.OFFER_ACCEPTED: Stamp(to_translate("Conditions accepted"), "done"),
    S.IN_WORK: Stamp(to_translate("In work"), "done"),
    S.COMPLETED: Stamp(to_translate("Completed"), "done"),
    S.CANCELLED: Stamp(to_translate("Cancelled"), "idle"),
    S.REJECTED: Stamp(to_translate("Rejected"), "refused"),
}
OUTLOOK: Final[Mapping[S, str]] = {
    S.DRAFT: to_translate("It is being filled in by its client or its agent."),
    S.SUBMITTED: to_translate("Its client has filled it in; its agent has to check it."),
    S.NEW_IN_HOUSE: to_translate(
        "It counts, and waits for an offer: of 1C, or of agents where it is ordinary."
    ),
    S.OFFER_ACCEPTED: to_translate("Its form is closed. 1C says when somebody works on it."),
    S.IN_WORK: to_translate("Somebody works on it; its closing documents end it."),
    S.COMPLETED: to_translate("There is nothing left to do, unless the money comes back."),
    S.CANCELLED: to_translate("There is nothing left to do."),
    S.REJECTED: to_translate(
        "1C does not accept what stands in it; a new one may be made in its chat."
    ),
}
# What happened, and what is to be done about it.
NEEDS: Final[Mapping[Need, tuple[str, str]]] = {
    Need.RETURN_MONEY: (
        to_translate("Money has come although the application is over."),
        to_translate(
            "Have it sent back in 1C; when 1C says that it is returned this is done. Its chat was told."
        ),
    ),
    Need.SETTLE_MONEY: (
        to_translate(
            "Its money has gone on, or there is a problem with it, although the application is over."
        ),
        to_translate(
            "Settle it with the client and 1C’s operator; this is done when 1C says that the money was "
            "returned, or has arrived."
        ),
    ),
    Need.GET_DOCUMENT: (
        to_translate("A document that was asked for did not come."),
        to_translate(
            "Have it sent again from 1C, or ask for it anew; what 1C sent and was refused is in the "
            "exchange."
        ),
    ),
}
PAYMENT_STAMPS: Final[Mapping[P, Stamp]] = {
    P.NONE: Stamp(to_translate("Nothing paid"), "idle"),
    P.TEST_SENT: Stamp(to_translate("Test sent"), "wait"),
    P.TEST_OK: Stamp(to_translate("Test has come"), "done"),
    P.CLIENT_SENT: Stamp(to_translate("Client has sent it"), "wait"),
    P.FUNDS_RECEIVED: Stamp(to_translate("Money has come"), "done"),
    P.PAID_OUT: Stamp(to_translate("Paid out"), "done"),
    P.CONFIRMED: Stamp(to_translate("Confirmed"), "done"),
    P.RETURNED: Stamp(to_translate("Money came back"), "refused"),
    P.PROBLEM: Stamp(to_translate("Problem"), "refused"),
}
# Whether whoever it was handed over to knows of it.
TOLD_STAMPS: Final[Mapping[Told, Stamp]] = {
    Told.ALONE: Stamp(to_translate("told in Telegram"), "done"),
    Told.IN_CHAT: Stamp(to_translate("told in the chat"), "done"),
    Told.ON_ITS_WAY: Stamp(to_translate("word is on its way"), "wait"),
    Told.MAYBE: Stamp(to_translate("may have been told"), "unknown"),
    Told.NOT: Stamp(to_translate("not told"), "refused"),
}
OFFER_STAMPS: Final[Mapping[O, Stamp]] = {
    O.DRAFT: Stamp(to_translate("Draft"), "idle"),
    O.SUBMITTED: Stamp(to_translate("Waits"), "wait"),
    O.ACCEPTED: Stamp(to_translate("Accepted"), "done"),
    O.AUTO_ACCEPTED: Stamp(to_translate("Accepted by itself"), "done"),
    O.DECLINED: Stamp(to_translate("Declined"), "idle"),
    O.SUPERSEDED: Stamp(to_translate("Replaced"), "idle"),
    O.WITHDRAWN: Stamp(to_translate("Withdrawn"), "idle"),
    O.EXPIRED: Stamp(to_translate("Has run out"), "idle"),
}


@dataclass(frozen=True, slots=True)
class ViewWords:
    """A tab of the list: states that mean the same to whoever looks for work."""

    title: str
    states: AbstractSet[S]
    calls: bool = False


VIEWS: Final = (
    ViewWords(to_translate("All"), frozenset()),
    ViewWords(to_translate("Being filled in"), frozenset({S.DRAFT})),
    ViewWords(to_translate("To be checked"), frozenset({S.SUBMITTED}), calls=True),
    ViewWords(to_translate("Being priced"), frozenset({S.NEW_IN_HOUSE})),
    ViewWords(to_translate("Under way"), frozenset({S.OFFER_ACCEPTED, S.IN_WORK})),
    ViewWords(to_translate("Completed"), frozenset({S.COMPLETED})),
    ViewWords(to_translate("Over"), frozenset({S.CANCELLED, S.REJECTED})),
)


APPLICATION_ACTIONS: Final[Mapping[ApplicationAction, ActionWords]] = {
    ApplicationAction.RETURN: ActionWords(
        to_translate("Return to be corrected"),
        to_translate(
            "Makes it a draft again, which its client fills in better; its chat is told, and your reason "
            "stands in the application."
        ),
        to_translate("It is a draft again."),
    ),
    ApplicationAction.COMPLETE: ActionWords(
        to_translate("Complete"),
        to_translate(
            "Ends it although its closing documents are not here; your reason stands for them. This "
            "cannot be undone."
        ),
        to_translate("It is completed."),
        asks=to_translate("Complete this application without its closing documents?"),
    ),
    ApplicationAction.CANCEL: ActionWords(
        to_translate("Cancel"),
        to_translate(
            "Ends it here and in 1C; its chat and its partner are told, with your reason. This "
            "cannot be undone."
        ),
        to_translate("It is cancelled."),
        asks=to_translate("Cancel this application?"),
    ),
}
NOTHING_FITS: Final = to_translate("Nothing: its life is over.")
KINDS: Final[Mapping[str, str]] = {
    "ordinary": to_translate("ordinary: agents of other tenants make offers"),
    "special": to_translate("special: priced in 1C, accepted by itself"),
    "telegram": to_translate("from a chat: priced in 1C, accepted by itself"),
}
ONEC_STAMPS: Final[Mapping[OnecState, Stamp]] = {
    OnecState.NONE: Stamp(to_translate("Not there"), "idle"),
    OnecState.QUEUED: Stamp(to_translate("Waits to be sent"), "wait"),
    OnecState.SENDING: Stamp(to_translate("On its way"), "wait"),
    OnecState.ACKED: Stamp(to_translate("Its newest form is there"), "done"),
    OnecState.UNKNOWN: Stamp(to_translate("Nobody knows whether it is there"), "unknown"),
    OnecState.FAILED_RETRY: Stamp(to_translate("Will be sent again"), "idle"),
    OnecState.FAILED_MANUAL: Stamp(to_translate("Needs a person"), "refused"),
    OnecState.CONFLICT: Stamp(to_translate("It works with an older form"), "refused"),
    OnecState.LOST_IN_1C: Stamp(to_translate("It is not there any more"), "refused"),
}
# What an office's words are about, by the kind of our message that it refused.
IT_SAYS_OF_IT: Final = to_translate("It says")
IT_SAYS: Final[Mapping[str, str]] = {
    "agent": to_translate("It says of the agent"),
    "files": to_translate("It says of the files"),
    "payment": to_translate("It says of the payment"),
}
ORIGINS: Final[Mapping[str, str]] = {
    DocumentOrigin.ONEC: to_translate("from 1C"),
    DocumentOrigin.PERSON: to_translate("from a person"),
}
AGENT_ROLES: Final[Mapping[str, str]] = {
    AgentRole.AGENT: to_translate("Agent: their own applications"),
    AgentRole.MANAGER: to_translate("Manager: all of the tenant"),
}
# What becomes of a numbered message of either side.
MESSAGE_STAMPS: Final[Mapping[str, Stamp]] = {
    "applied": Stamp(to_translate("Taken"), "done"),
    "ignored": Stamp(to_translate("Older than what is known"), "idle"),
    "rejected": Stamp(to_translate("Refused by us"), "refused"),
    "sent": Stamp(to_translate("On its way"), "wait"),
    "acknowledged": Stamp(to_translate("Taken there"), "done"),
    "refused": Stamp(to_translate("Refused there"), "refused"),
}
MESSAGE_KINDS: Final[Mapping[str, str]] = {
    "application": to_translate("New application"),
    "update": to_translate("Newer form"),
    "cancel": to_translate("Cancellation"),
    "agent": to_translate("Another agent"),
    "files": to_translate("Files that people have added"),
    "payment": to_translate("The client’s word on the payment"),
    "document_request": to_translate("Request for a document"),
    "conditions": to_translate("Conditions"),
    "corrections": to_translate("Corrections of the form"),
    "status": to_translate("State of work or payment"),
    "document": to_translate("Document"),
}
