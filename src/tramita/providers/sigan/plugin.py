"""The manifest of Sigan, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.numbering.ports import NumberInventory
from tramita.providers.sigan.gateway import make_gateway
from tramita.providers.sigan.settings import SiganSettings

provider = Provider(
    key="sigan",
    title="Sigan",
    settings=SiganSettings,
    ports={NumberInventory: make_gateway},
    simulator="tramita.providers.sigan.simulator:make_simulator",
)
