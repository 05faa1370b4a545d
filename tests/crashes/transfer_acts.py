"""What is done in 1C for an application, and who dies over it."""

from typing import Final
from uuid import UUID

from tests.crashes.grid import Act, Care, Point, carried_out
from tests.crashes.transfers import ONEC, Transfers
from tramita.transfers import acts

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
