"""The dummy keeps the promises of a signing service."""

from tramita.providers.dummysign.plugin import provider
from tramita.signatures.ports import Signatory, SignatureBackend
from tramita.testing.scene import Scene
from tramita.testing.signatures import Made, SignatureBackendSuite


class TestSignatureBackend(SignatureBackendSuite):
    provider = provider

    async def sign(self, scene: Scene[SignatureBackend], made: Made, who: Signatory) -> None:
        """On the page."""
        await scene.vendor.operate("sign", subject=made.key, email=who.email)

    async def refuse(self, scene: Scene[SignatureBackend], made: Made, who: Signatory) -> None:
        """On the page, too."""
        await scene.vendor.operate("refuse", subject=made.key, email=who.email)
