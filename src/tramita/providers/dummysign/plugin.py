"""The manifest of the dummy signing service, under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.providers.dummysign.gateway import make_gateway
from tramita.providers.dummysign.settings import DummySignSettings
from tramita.signatures.ports import SignatureBackend

provider = Provider(
    key="dummysign",
    title="Dummy signatures",
    settings=DummySignSettings,
    ports={SignatureBackend: make_gateway},
    simulator="tramita.providers.dummysign.simulator:make_simulator",
    largest_answer=20 * 1024 * 1024,
)
