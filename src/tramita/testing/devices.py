"""The conformance suite of ``DeviceCatalog``."""

from collections.abc import Mapping
from typing import ClassVar

from tramita.numbering.devices.ports import AskedDevice, DeviceCatalog
from tramita.testing.gateways import GatewaySuite, Method


class DeviceCatalogSuite(GatewaySuite[DeviceCatalog]):
    """``brand_id`` and ``device`` are in the simulator's catalogue."""

    port = DeviceCatalog
    brand_id: ClassVar[str]
    device: ClassVar[AskedDevice]

    def methods(self) -> Mapping[str, Method[DeviceCatalog]]:
        """All three; none of them changes anything."""
        return {
            "list_brands": Method(lambda us, _, of: us.list_brands(1, of)),
            "list_models": Method(lambda us, _, of: us.list_models(self.brand_id, 1, of)),
            "check_esim": Method(lambda us, _, of: us.check_esim(self.device, of)),
        }
