"""What is done in a back office, by name: whoever wants an act need not know who does it."""

from typing import Final

from tramita.kit.operations.kind import ActName
from tramita.transfers.ports import BackOffice

SEND: Final = ActName("transfers.send_application", BackOffice, "transfers.ask_sent")
UPDATE: Final = ActName("transfers.update_application", BackOffice, "transfers.ask_updated")
CANCEL: Final = ActName("transfers.cancel_application", BackOffice, "transfers.ask_cancelled")
TELL_PAYMENT: Final = ActName("transfers.tell_payment", BackOffice, "transfers.ask_payment_told")
TELL_AGENT: Final = ActName("transfers.tell_agent", BackOffice, "transfers.ask_agent_told")
TELL_FILES: Final = ActName("transfers.tell_files", BackOffice, "transfers.ask_files_told")
REQUEST_DOCUMENT: Final = ActName(
    "transfers.request_document", BackOffice, "transfers.ask_document"
)

ACTS: Final = (SEND, UPDATE, CANCEL, TELL_PAYMENT, TELL_AGENT, TELL_FILES, REQUEST_DOCUMENT)
