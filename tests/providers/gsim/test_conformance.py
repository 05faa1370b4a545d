"""GSIM keeps what every catalogue of devices and every operator of SIMs promises."""

from tramita.kit.outcome import NotSent, Unknown
from tramita.numbering.devices.ports import AskedBy, AskedDevice
from tramita.numbering.ports import LineActivation
from tramita.providers.gsim.plugin import provider
from tramita.testing.devices import DeviceCatalogSuite
from tramita.testing.lines import LineActivationSuite
from tramita.testing.scene import Scene

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
        sim = (await scene.vendor.operate("sims"))["sims"][0]
        return sim, f"551198765{sim[-5:-1]}"
