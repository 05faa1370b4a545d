"""What kinds of documents are called, and how far one is on its way here or into the chat."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.languages.words import to_translate
from tramita.kit.outbox.lifecycle import DeliveryState
from tramita.transfers.lifecycle import DocumentJobState

# A word, and a class of ``tokens.css``.
Stamp = tuple[str, str]

DOCUMENTS: Final[Mapping[str, str]] = {
    "contract": to_translate("Supply contract"),
    "invoice": to_translate("Invoice"),
    "specification": to_translate("Specification"),
    "agency_agreement": to_translate("Agency agreement"),
    "order": to_translate("Order to the agent"),
    "act": to_translate("Certificate of completion"),
    "agent_report": to_translate("Agent’s report"),
    "swift_copy": to_translate("SWIFT copy"),
    "closing_set": to_translate("Closing documents"),
    "payment_proof": to_translate("Proof of payment"),
    "other": to_translate("Document"),
}
DELIVERY_STAMPS: Final[Mapping[DeliveryState, Stamp]] = {
    DeliveryState.WAITING: (to_translate("on its way to the chat"), "wait"),
    DeliveryState.SENDING: (to_translate("on its way to the chat"), "wait"),
    DeliveryState.DELIVERED: (to_translate("in the chat"), "done"),
    DeliveryState.FAILED: (to_translate("not delivered"), "refused"),
    DeliveryState.REFUSED: (to_translate("not delivered"), "refused"),
    DeliveryState.CANCELLED: (to_translate("not delivered"), "refused"),
    DeliveryState.UNKNOWN: (to_translate("maybe in the chat"), "unknown"),
}
JOB_STAMPS: Final[Mapping[DocumentJobState, Stamp]] = {
    DocumentJobState.REQUESTED: (to_translate("asked for"), "wait"),
    DocumentJobState.QUEUED: (to_translate("waits in 1C"), "wait"),
    DocumentJobState.GENERATING: (to_translate("is being made"), "wait"),
    DocumentJobState.READY: (to_translate("on its way"), "wait"),
    DocumentJobState.STORED: (to_translate("here"), "done"),
    DocumentJobState.POSTED_TO_CHAT: (to_translate("in the chat"), "done"),
    DocumentJobState.FAILED: (to_translate("was not made"), "refused"),
    DocumentJobState.CANCELLED: (to_translate("not wanted any more"), "idle"),
}
