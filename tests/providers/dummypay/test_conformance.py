"""The dummy keeps what every card processor promises, and its messages are believed."""

from collections.abc import Callable

from tramita.payments.ports import Notice, Payer, PaymentBackend, SavedCard
from tramita.providers.dummypay.plugin import provider
from tramita.testing.gateways import done
from tramita.testing.messages import MessageSuite, listening_for
from tramita.testing.payments import PaymentBackendSuite
from tramita.testing.scene import Scene, attempt


class TestThePayments(PaymentBackendSuite):
    """It knows a repetition by its key."""

    provider = provider
    knows_repetitions = True
    private = ("camille@example.org",)

    async def saved_card(self, scene: Scene[PaymentBackend], payer: Payer) -> SavedCard:
        """As it is told of when its payer presses the button."""
        await scene.gateway.tokenize_card(payer, attempt())
        async with listening_for(provider.key) as (port, posted):
            await scene.vendor.subscribe(f"http://127.0.0.1:{port}/webhooks/{provider.key}")
            await scene.vendor.operate("pay")
            notice = scene.gateway.read_message((await posted.get()).body)
            await scene.vendor.subscribe(None)
        assert isinstance(notice, Notice)
        assert notice.card is not None
        return notice.card


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
