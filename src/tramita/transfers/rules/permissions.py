"""Who may do what with an application, as data: role, state, kind of application, action.

What stands in ``GRANTS`` is allowed, and nothing else. A life cycle says besides whether a move is
possible at all, and the service what must be so for it. No role changes an accepted application's
fields: what is corrected then comes from 1C, as a revision of its own.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tramita.transfers.lifecycle import (
    ACTIVE,
    APPLICATION,
    EDITABLE,
    PAYABLE,
    PAYMENT,
    UNCHECKED,
    ApplicationState,
    ApplicationTrigger,
    PaymentState,
    PaymentTrigger,
)
from tramita.transfers.rules.kinds import IN_ONEC, Kind
from tramita.transfers.rules.roles import Role


class Action(StrEnum):
    """What somebody wants to do; the moves are called as their triggers are."""

    OPEN = "open"
    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    CHECK = "check"
    REOPEN_DRAFT = "reopen_draft"
    ACCEPT_OFFER = "accept_offer"
    START_WORK = "start_work"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REJECT = "reject"
    MARK_PAYMENT = "mark_payment"
    CONFIRM_PAYMENT = "confirm_payment"
    SEE_ONEC = "see_onec"
    SEE_CONDITIONS = "see_conditions"
    SEE_OFFERS = "see_offers"
    MAKE_OFFER = "make_offer"
    GIVE_CONDITIONS = "give_conditions"
    UPLOAD = "upload"
    SEE_DOCUMENTS = "see_documents"
    GIVE_DOCUMENT = "give_document"
    SEND_DOCUMENT = "send_document"
    REQUEST_DOCUMENT = "request_document"
    CANCEL_REQUEST = "cancel_request"
    STORE_MESSAGE = "store_message"
    IMPORT_MESSAGES = "import_messages"
    SEE_MESSAGES = "see_messages"
    WRITE_NOTE = "write_note"
    SEE_NOTES = "see_notes"
    SEE_HISTORY = "see_history"
    SEE_OWN_HISTORY = "see_own_history"
    HAND_OVER = "hand_over"


class ClientEdits(StrEnum):
    """Until when a client may change the form: until it is in that state, and no longer."""

    SUBMITTED = "submitted"
    NEW_IN_HOUSE = "new_in_house"
    ACCEPTED = "accepted"


A, R, S = Action, Role, ApplicationState

_EVERY: Final = frozenset(S)
_EVERY_KIND: Final = frozenset(Kind)
_ORDINARY: Final = frozenset({Kind.ORDINARY})
_INSIDE: Final = (R.AGENT, R.MANAGER, R.PLATFORM_ADMIN)
_CHAT: Final = (R.CLIENT, *_INSIDE)
_LOOKING: Final = (*_INSIDE, R.TENANT_ADMIN)
# Money comes, and comes back, when everything is over.
_LATE: Final = PAYABLE | APPLICATION.final


@dataclass(frozen=True, slots=True)
class Grant:
    """These roles may do this with applications of these kinds that are in one of these states.

    ``needs_reason``: those among them who must say why; the house must, whenever it changes anything.
    """

    action: Action
    roles: Collection[Role]
    states: frozenset[ApplicationState] = _EVERY
    kinds: frozenset[Kind] = _EVERY_KIND
    needs_reason: Collection[Role] = ()


GRANTS: Final = (
    Grant(A.OPEN, (*_CHAT, R.TENANT_ADMIN)),
    Grant(A.EDIT, (R.CLIENT,), UNCHECKED),
    Grant(A.EDIT, _INSIDE, EDITABLE),
    Grant(A.EDIT, (R.ONEC,), EDITABLE | PAYABLE, IN_ONEC),
    Grant(A.SUBMIT, (R.CLIENT,), frozenset({S.DRAFT})),
    Grant(A.RETURN, _CHAT, frozenset({S.SUBMITTED})),
    Grant(A.CHECK, _INSIDE, UNCHECKED),
    Grant(A.REOPEN_DRAFT, _INSIDE, frozenset({S.NEW_IN_HOUSE})),
    Grant(A.ACCEPT_OFFER, (R.MANAGER, R.PLATFORM_ADMIN), frozenset({S.NEW_IN_HOUSE}), _ORDINARY),
    Grant(A.ACCEPT_OFFER, (R.SYSTEM,), frozenset({S.NEW_IN_HOUSE}), IN_ONEC),
    Grant(A.START_WORK, (R.MANAGER, R.PLATFORM_ADMIN), frozenset({S.OFFER_ACCEPTED}), _ORDINARY),
    Grant(A.START_WORK, (R.ONEC,), frozenset({S.OFFER_ACCEPTED}), IN_ONEC),
    Grant(A.COMPLETE, (R.MANAGER, R.PLATFORM_ADMIN), frozenset({S.IN_WORK})),
    Grant(A.COMPLETE, (R.ONEC,), frozenset({S.IN_WORK}), IN_ONEC),
    Grant(A.CANCEL, (R.CLIENT,), frozenset({S.DRAFT})),
    Grant(A.CANCEL, _INSIDE, EDITABLE),
    Grant(A.CANCEL, (R.MANAGER, R.PLATFORM_ADMIN), PAYABLE, needs_reason=(R.MANAGER,)),
    Grant(A.REJECT, (R.ONEC,), frozenset({S.NEW_IN_HOUSE}), IN_ONEC, needs_reason=(R.ONEC,)),
    Grant(A.MARK_PAYMENT, _CHAT, PAYABLE, needs_reason=(R.AGENT,)),
    Grant(A.CONFIRM_PAYMENT, (R.ONEC,), _LATE, IN_ONEC),
    Grant(A.CONFIRM_PAYMENT, (R.MANAGER, R.PLATFORM_ADMIN), _LATE, _ORDINARY),
    Grant(A.SEE_ONEC, _LOOKING, kinds=IN_ONEC),
    Grant(A.SEE_CONDITIONS, (R.CLIENT, *_LOOKING)),
    Grant(A.SEE_OFFERS, _LOOKING),
    Grant(A.MAKE_OFFER, (R.OTHER_AGENT,), frozenset({S.NEW_IN_HOUSE}), _ORDINARY),
    Grant(A.GIVE_CONDITIONS, (R.ONEC,), PAYABLE | {S.NEW_IN_HOUSE}, IN_ONEC),
    Grant(A.UPLOAD, (*_CHAT, R.BOT)),
    Grant(A.SEE_DOCUMENTS, (R.CLIENT, *_LOOKING, R.BOT)),
    Grant(A.GIVE_DOCUMENT, (R.ONEC,), kinds=IN_ONEC),
    Grant(A.SEND_DOCUMENT, _INSIDE, kinds=frozenset({Kind.TELEGRAM})),
    Grant(A.REQUEST_DOCUMENT, _INSIDE, ACTIVE - UNCHECKED, IN_ONEC),
    Grant(A.CANCEL_REQUEST, _INSIDE, kinds=IN_ONEC),
    Grant(A.STORE_MESSAGE, (R.BOT,)),
    Grant(A.IMPORT_MESSAGES, (*_INSIDE, R.BOT)),
    Grant(A.SEE_MESSAGES, _INSIDE),
    Grant(A.WRITE_NOTE, _INSIDE),
    Grant(A.SEE_NOTES, _LOOKING),
    Grant(A.SEE_HISTORY, _LOOKING),
    Grant(A.SEE_OWN_HISTORY, (R.CLIENT,)),
    Grant(A.HAND_OVER, (R.MANAGER, R.PLATFORM_ADMIN), EDITABLE),
)
# What changes nothing.
LOOKS: Final = frozenset(
    {
        A.OPEN,
        A.SEE_ONEC,
        A.SEE_CONDITIONS,
        A.SEE_OFFERS,
        A.SEE_DOCUMENTS,
        A.SEE_MESSAGES,
        A.SEE_NOTES,
        A.SEE_HISTORY,
        A.SEE_OWN_HISTORY,
    }
)
# Who may begin one.
CREATORS: Final = frozenset({*_CHAT, R.TENANT_ADMIN})
_CLIENT_EDITS: Final = {
    ClientEdits.SUBMITTED: UNCHECKED - {S.SUBMITTED},
    ClientEdits.NEW_IN_HOUSE: UNCHECKED,
    ClientEdits.ACCEPTED: EDITABLE,
}
# The client's own word; all others of the payment are 1C's, or a manager's where there is no 1C.
MARKS: Final = frozenset({PaymentTrigger.SEND_TEST, PaymentTrigger.SEND, PaymentTrigger.TAKE_BACK})


def may(
    role: Role,
    state: ApplicationState,
    action: Action,
    *,
    kind: Kind = Kind.TELEGRAM,
    client_edits: ClientEdits = ClientEdits.NEW_IN_HOUSE,
) -> bool:
    """Whether the role may do it with an application that is there."""
    if role is R.CLIENT and action is A.EDIT:
        return state in _CLIENT_EDITS[client_edits]
    return any(True for _ in _grants(role, state, action, kind))


def must_say_why(
    role: Role, state: ApplicationState, action: Action, kind: Kind = Kind.TELEGRAM
) -> bool:
    """Whether a reason is asked of whoever may do it."""
    grants = list(_grants(role, state, action, kind))
    if role is R.PLATFORM_ADMIN and action not in LOOKS:
        return bool(grants)
    return any(role in grant.needs_reason for grant in grants)


def allowed_actions(
    role: Role,
    state: ApplicationState,
    *,
    kind: Kind = Kind.TELEGRAM,
    client_edits: ClientEdits = ClientEdits.NEW_IN_HOUSE,
) -> list[Action]:
    """Everything that the role may do with it now."""
    return [
        action for action in A if may(role, state, action, kind=kind, client_edits=client_edits)
    ]


def allowed_moves(
    role: Role, state: ApplicationState, kind: Kind = Kind.TELEGRAM
) -> dict[ApplicationTrigger, ApplicationState]:
    """Where the role may move it."""
    return {
        trigger: target
        for trigger, target in APPLICATION.table.get(state, {}).items()
        if may(role, state, action_of(trigger), kind=kind)
    }


def allowed_payment_moves(
    role: Role, state: ApplicationState, payment: PaymentState, kind: Kind = Kind.TELEGRAM
) -> dict[PaymentTrigger, PaymentState]:
    """Where the role may move its payment."""
    return {
        trigger: target
        for trigger, target in PAYMENT.table.get(payment, {}).items()
        if may(role, state, action_of_payment(trigger), kind=kind)
    }


def action_of(trigger: ApplicationTrigger) -> Action:
    """As what a move of the application is asked for."""
    return A(trigger.value)


def action_of_payment(trigger: PaymentTrigger) -> Action:
    """As what a move of its payment is asked for."""
    return A.MARK_PAYMENT if trigger in MARKS else A.CONFIRM_PAYMENT


def _grants(role: Role, state: ApplicationState, action: Action, kind: Kind) -> Iterator[Grant]:
    return (
        grant
        for grant in GRANTS
        if grant.action is action
        and role in grant.roles
        and state in grant.states
        and kind in grant.kinds
    )
