"""The manifest of QI Tech, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.portability.ports import CAPABILITIES, ProposalGateway, SignatureGroups
from tramita.providers.qitech.gateway import make_gateway
from tramita.providers.qitech.settings import QITechSettings
from tramita.providers.qitech.webhook import make_receiver

provider = Provider(
    key="qitech",
    title="QI Tech",
    settings=QITechSettings,
    ports=dict.fromkeys((ProposalGateway, *CAPABILITIES), make_gateway),
    receiver=make_receiver,
    requests_of={SignatureGroups: 2},  # a group is closed, or read where it was closed before
    simulator="tramita.providers.qitech.simulator:make_simulator",
)
