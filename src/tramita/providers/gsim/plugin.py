"""The manifest of GSIM, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.numbering.devices.ports import DeviceCatalog
from tramita.numbering.ports import LineActivation
from tramita.providers.gsim.gateway import make_gateway
from tramita.providers.gsim.gateway_lines import make_line_gateway
from tramita.providers.gsim.settings import GSIMSettings
from tramita.providers.gsim.webhook import make_receiver

provider = Provider(
    key="gsim",
    title="GSIM",
    settings=GSIMSettings,
    ports={DeviceCatalog: make_gateway, LineActivation: make_line_gateway},
    receiver=make_receiver,
    simulator="tramita.providers.gsim.simulator:make_simulator",
)
