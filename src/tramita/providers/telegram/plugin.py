"""The manifest of Telegram, found under entry-point group ``tramita.providers``."""

from tramita.chats.ports import ChatNotices, ChatService, ChatUpdates, ChatWebhook, MiniApp
from tramita.kit.provider import Provider
from tramita.providers.telegram.gateway import make_gateway
from tramita.providers.telegram.settings import TelegramSettings
from tramita.providers.telegram.webhook import make_receiver

_PORTS = (ChatService, ChatNotices, ChatWebhook, ChatUpdates, MiniApp)

provider = Provider(
    key="telegram",
    title="Telegram",
    settings=TelegramSettings,
    ports=dict.fromkeys(_PORTS, make_gateway),
    receiver=make_receiver,
    simulator="tramita.providers.telegram.simulator:make_simulator",
    # A file is asked for and got; a chat may have moved.
    requests=2,
    largest_answer=21 * 1024 * 1024,
)
