"""What is done at the signing service, by name: whoever wants an act need not know who does it."""

from typing import Final

from tramita.kit.operations.kind import ActName
from tramita.signatures.ports import SignatureBackend

CREATE: Final = ActName("signatures.create_procedure", SignatureBackend, "signatures.ask_creation")
UPLOAD: Final = ActName("signatures.upload_document", SignatureBackend, "signatures.ask_upload")
START: Final = ActName("signatures.start_procedure", SignatureBackend, "signatures.ask_start")
REMOVE: Final = ActName("signatures.remove_drafts", SignatureBackend)
STOP: Final = ActName("signatures.stop_procedure", SignatureBackend)
FETCH: Final = ActName("signatures.fetch_signed_file", SignatureBackend)
UPDATE: Final = ActName("signatures.update_signatories", SignatureBackend)
