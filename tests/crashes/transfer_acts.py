"""What is done in 1C for an application, what 1C and a group say, and who dies over it."""

from typing import Final
from uuid import UUID

from tests.crashes.grid import MESSAGE, Act, Care, Point, carried_out, heard_at_once
from tests.crashes.transfers import ONEC, TELEGRAM, Group, Transfers
from tramita.chats.acts import FETCH
from tramita.transfers import acts
from tramita.transfers.notices.taking import CONDITIONS, DOCUMENT

# Those first that need others, which are blocked once one of these waits to be killed.
OFFICE: Final[list[Act[Transfers, UUID]]] = [
    Act(
        title="ask for a document",
        kind=acts.REQUEST_DOCUMENT.name,
        vendor=ONEC,
        call="ask_document",
        effect="document_asked",
        cells=carried_out(acts.REQUEST_DOCUMENT.name, ONEC, "ask_document", Care.PATIENT),
        prepare=Transfers.accepted,
        begin=Transfers.ask_for_document,
        names=Transfers.names,
        is_done=Transfers.is_asked_for,
        in_suite=frozenset({Point.EFFECT}),
    ),
    Act(
        title="tell of the client's money",
        kind=acts.TELL_PAYMENT.name,
        vendor=ONEC,
        call="tell_payment",
        effect="payment_told",
        cells=carried_out(acts.TELL_PAYMENT.name, ONEC, "tell_payment", Care.REPEATS),
        prepare=Transfers.accepted,
        begin=Transfers.pay,
        names=Transfers.names,
        is_done=Transfers.is_told,
        in_suite=frozenset({Point.INSIDE_T2}),
    ),
    Act(
        title="tell of another agent",
        kind=acts.TELL_AGENT.name,
        vendor=ONEC,
        call="tell_agent",
        effect="agent_told",
        cells=carried_out(acts.TELL_AGENT.name, ONEC, "tell_agent", Care.REPEATS),
        prepare=Transfers.sent,
        begin=Transfers.reassign,
        names=Transfers.names,
        is_done=Transfers.is_reassigned,
        in_suite=frozenset({Point.AFTER_T2}),
    ),
    Act(
        title="give it up",
        kind=acts.CANCEL.name,
        vendor=ONEC,
        call="cancel_application",
        effect="application_cancelled",
        cells=carried_out(acts.CANCEL.name, ONEC, "cancel_application", Care.ASKS),
        prepare=Transfers.sent,
        begin=Transfers.give_up,
        names=Transfers.names,
        is_done=Transfers.is_given_up,
        in_suite=frozenset({Point.RESPONSE}),
    ),
    Act(
        title="change its document",
        kind=acts.UPDATE.name,
        vendor=ONEC,
        call="update_application",
        effect="application_updated",
        cells=carried_out(acts.UPDATE.name, ONEC, "update_application", Care.ASKS),
        prepare=Transfers.sent,
        begin=Transfers.change,
        names=Transfers.names,
        is_done=Transfers.is_changed,
        in_suite=frozenset({Point.AFTER_T1}),
    ),
    Act(
        title="make its document",
        kind=acts.SEND.name,
        vendor=ONEC,
        call="create_application",
        effect="application_created",
        cells=carried_out(acts.SEND.name, ONEC, "create_application", Care.PATIENT),
        prepare=Transfers.drafted,
        begin=Transfers.check_it,
        names=Transfers.names,
        is_done=Transfers.is_sent,
        in_suite=frozenset({Point.SENT}),
    ),
]

HEARD: Final[list[Act[Transfers, UUID]]] = [
    Act(
        title="hear of conditions",
        kind="",
        vendor=ONEC,
        call="",
        effect="conditions_formed",
        cells=heard_at_once(CONDITIONS),
        prepare=Transfers.sent,
        begin=Transfers.offer,
        names=Transfers.names,
        is_done=Transfers.is_offered,
        in_suite=frozenset({Point.AFTER_T2}),
    ),
    Act(
        title="hear of a document",
        kind="",
        vendor=ONEC,
        call="",
        effect="document_made",
        cells=heard_at_once(DOCUMENT),
        prepare=Transfers.accepted,
        begin=Transfers.hand_over,
        names=Transfers.names,
        is_done=Transfers.is_documented,
        in_suite=frozenset({Point.INSIDE_T2}),
    ),
]

CHATS: Final[list[Act[Transfers, Group]]] = [
    Act(
        title="fetch what is attached to a message",
        kind=FETCH.name,
        vendor=TELEGRAM,
        call="getFile",
        effect=None,
        cells=carried_out(FETCH.name, TELEGRAM, "getFile", Care.REPEATS),
        prepare=Transfers.group,
        begin=Transfers.attach,
        names=Transfers.files,
        is_done=Transfers.is_kept,
        in_suite=frozenset({Point.EFFECT}),
    ),
    Act(
        title="hear of a message",
        kind="",
        vendor=TELEGRAM,
        call="",
        effect=None,
        cells=MESSAGE,
        prepare=Transfers.group,
        begin=Transfers.write,
        names=Transfers.files,
        is_done=Transfers.is_read,
        in_suite=frozenset({Point.AFTER_T1}),
    ),
]
