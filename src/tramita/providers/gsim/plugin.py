"""The manifest of GSIM, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.numbering.devices.ports import DeviceCatalog
from tramita.providers.gsim.gateway import make_gateway
from tramita.providers.gsim.settings import GSIMSettings
from tramita.providers.gsim.simulator import make_simulator

provider = Provider(
    key="gsim",
    title="GSIM",
    settings=GSIMSettings,
    ports={DeviceCatalog: make_gateway},
    simulator=make_simulator,
)
