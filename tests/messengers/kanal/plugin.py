"""The manifest of Kanal, a messenger that somebody else has a package for."""

from tests.messengers.kanal.gateway import make_gateway
from tests.messengers.kanal.settings import KanalSettings
from tramita.chats.ports import ChatNotices, ChatService
from tramita.kit.provider import Connection, Provider, Receiver
from tramita.kit.signed_messages import hmac_receiver, numbered_by


def make_receiver(connection: Connection) -> Receiver:
    """What takes Kanal's events, which bear a signature."""
    return hmac_receiver(
        connection.secret("token"),
        header="x-kanal-signature",
        job="chats.take_update",
        vendor_id=numbered_by("event"),
    )


provider = Provider(
    key="kanal",
    title="Kanal",
    settings=KanalSettings,
    ports=dict.fromkeys((ChatService, ChatNotices), make_gateway),
    receiver=make_receiver,
    simulator="tests.messengers.kanal.simulator:make_simulator",
)
