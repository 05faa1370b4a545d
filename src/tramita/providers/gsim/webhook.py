"""What GSIM posts to ``/webhooks/gsim``: signed, and numbered by GSIM itself."""

from typing import Final

from tramita.kit.provider import Connection, Receiver
from tramita.kit.signed_messages import hmac_receiver, numbered_by

# The area's job, which handles a kept message; nothing of the area is imported for it.
JOB: Final = "numbering.take_callback"


def make_receiver(connection: Connection) -> Receiver:
    """What takes GSIM's callbacks."""
    return hmac_receiver(
        connection.secret("callback_secret"),
        header="x-gsim-signature",
        job=JOB,
        vendor_id=numbered_by("eventId"),
    )
