"""What SMT posts to us: signed, and numbered by SMT itself."""

from typing import Final

from tramita.kit.provider import Connection, Receiver
from tramita.kit.signed_messages import hmac_receiver, numbered_by

JOB: Final = "smt.take_callback"


def make_receiver(connection: Connection) -> Receiver:
    """What takes SMT's callbacks, signed with the secret that we show it."""
    return hmac_receiver(
        connection.secret("secret"),
        header="x-smt-signature",
        job=JOB,
        vendor_id=numbered_by("event_id"),
    )
