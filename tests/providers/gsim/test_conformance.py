"""GSIM keeps what every catalogue of devices and every operator of SIMs promises."""

from collections.abc import Callable

from tramita.kit.outcome import NotSent, Unknown
from tramita.numbering.devices.ports import AskedBy, AskedDevice
from tramita.numbering.ports import LineActivation
from tramita.providers.gsim.plugin import provider
from tramita.testing.devices import DeviceCatalogSuite
from tramita.testing.lines import LineActivationSuite
from tramita.testing.messages import MessageSuite
from tramita.testing.scene import Scene, attempt

EID = "89049032123451234512345678901235"
OF_GSIM = {
    "error_after_effect": Unknown,
    "business_error_200": Unknown,
    "missing_field": Unknown,
    "wrong_type": Unknown,
    "token_expired": NotSent,
}


class TestTheCatalogue(DeviceCatalogSuite):
    """An EID is its holder's."""

    provider = provider
    troubles = OF_GSIM
    settings = {"page_size": 5}
    brand_id = "b-apple"
    device = AskedDevice(AskedBy.EID, EID)
    private = (EID,)


class TestTheLines(LineActivationSuite):
    """Of a GSIM that lets lines wait until its operator says otherwise."""

    provider = provider
    troubles = OF_GSIM
    private = ("1198765",)

    async def arrange(self, scene: Scene[LineActivation]) -> None:
        """No line goes live of itself."""
        await scene.vendor.operate("set", activations="hold")

    async def new_line(self, scene: Scene[LineActivation]) -> tuple[str, str]:
        """The next SIM in stock, which gets a number of its own."""
        return await stocked(scene)


class TestTheCallbacks(MessageSuite[LineActivation]):
    """A line that goes live is told of."""

    provider = provider
    port = LineActivation

    async def provoke(self, scene: Scene[LineActivation]) -> None:
        """Put a number on a SIM."""
        await scene.gateway.assign_sim(*await stocked(scene), attempt())

    def reader(self, scene: Scene[LineActivation]) -> Callable[[bytes], object]:
        """The gateway's own."""
        return scene.gateway.read_message


async def stocked(scene: Scene[LineActivation]) -> tuple[str, str]:
    """The next SIM in stock, and a number."""
    sim: str = (await scene.vendor.operate("sims"))["sims"][0]
    return sim, f"551198765{sim[-5:-1]}"
