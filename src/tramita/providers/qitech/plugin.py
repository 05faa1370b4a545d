"""The manifest of QI Tech, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.portability.ports import ProposalGateway
from tramita.providers.qitech.gateway import make_gateway
from tramita.providers.qitech.settings import QITechSettings
from tramita.providers.qitech.simulator import make_simulator

provider = Provider(
    key="qitech",
    title="QI Tech",
    settings=QITechSettings,
    ports={ProposalGateway: make_gateway},
    simulator=make_simulator,
)
