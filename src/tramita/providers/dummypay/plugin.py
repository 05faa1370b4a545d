"""The manifest of the dummy, found under entry-point group ``tramita.providers``."""

from typing import Final

from tramita.kit.provider import Connection, Provider, Receiver
from tramita.kit.signed_messages import hmac_receiver, numbered_by
from tramita.payments.ports import PaymentBackend
from tramita.providers.dummypay.gateway import make_gateway
from tramita.providers.dummypay.settings import DummyPaySettings

# The area's job, which handles a kept message; nothing of the area is imported for it.
JOB: Final = "payments.take_message"


def make_receiver(connection: Connection) -> Receiver:
    """What takes the dummy's messages."""
    return hmac_receiver(
        connection.secret("message_secret"),
        header="x-dummypay-signature",
        job=JOB,
        vendor_id=numbered_by("number"),
    )


provider = Provider(
    key="dummypay",
    title="Dummy card processor",
    settings=DummyPaySettings,
    ports={PaymentBackend: make_gateway},
    receiver=make_receiver,
    simulator="tramita.providers.dummypay.simulator:make_simulator",
)
