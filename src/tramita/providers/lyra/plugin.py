"""The manifest of Lyra, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.payments.ports import PaymentBackend
from tramita.providers.lyra.gateway import make_gateway
from tramita.providers.lyra.settings import LyraSettings
from tramita.providers.lyra.webhook import make_receiver

provider = Provider(
    key="lyra",
    title="Lyra",
    settings=LyraSettings,
    ports={PaymentBackend: make_gateway},
    receiver=make_receiver,
    simulator="tramita.providers.lyra.simulator:make_simulator",
)
