"""Lyra keeps what every card processor promises."""

from collections.abc import Callable

from tests.providers.lyra.cards import told_card
from tramita.kit.outcome import Refused, Unknown
from tramita.payments.ports import Payer, PaymentBackend, SavedCard
from tramita.providers.lyra.plugin import provider
from tramita.testing.gateways import done
from tramita.testing.messages import MessageSuite
from tramita.testing.payments import PaymentBackendSuite
from tramita.testing.scene import Scene, attempt

OF_LYRA = {
    "missing_field": Unknown,
    "wrong_type": Unknown,
    "internal": Unknown,
    "not_accepted": Refused,
}


class TestThePayments(PaymentBackendSuite):
    """It knows no repetition: whoever asks again is asked about first."""

    provider = provider
    troubles = OF_LYRA
    private = ("camille@example.org",)

    async def saved_card(self, scene: Scene[PaymentBackend], payer: Payer) -> SavedCard:
        """As its payer writes it into the form."""
        return await told_card(scene, payer)


class TestTheMessages(MessageSuite[PaymentBackend]):
    """A card that is saved is told of."""

    provider = provider
    port = PaymentBackend

    async def provoke(self, scene: Scene[PaymentBackend]) -> None:
        """Have a payer save a card."""
        done(await scene.gateway.tokenize_card(Payer("p-1", "camille@example.org"), attempt()))
        await scene.vendor.operate("pay")

    def reader(self, scene: Scene[PaymentBackend]) -> Callable[[bytes], object]:
        """The gateway's own."""
        return scene.gateway.read_message
