"""Cards that payers save at a simulated Lyra."""

from tramita.payments.ports import Notice, Payer, PaymentBackend, SavedCard
from tramita.providers.lyra.plugin import provider
from tramita.testing.messages import listening_for
from tramita.testing.scene import Scene, attempt


async def told_card(scene: Scene[PaymentBackend], payer: Payer) -> SavedCard:
    """The card that a payer saves, as Lyra tells of it."""
    await scene.gateway.tokenize_card(payer, attempt())
    async with listening_for(provider.key) as (port, posted):
        await scene.vendor.subscribe(f"http://127.0.0.1:{port}/webhooks/{provider.key}")
        await scene.vendor.operate("pay")
        notice = scene.gateway.read_message((await posted.get()).body)
        await scene.vendor.subscribe(None)
    assert isinstance(notice, Notice)
    assert notice.card is not None
    return notice.card
