"""The manifest of QI Tech, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Provider
from tramita.portability.ports import CAPABILITIES, ProposalGateway
from tramita.providers.qitech.gateway import make_gateway
from tramita.providers.qitech.settings import QITechSettings
from tramita.providers.qitech.webhook import make_receiver

provider = Provider(
    key="qitech",
    title="QI Tech",
    settings=QITechSettings,
    ports=dict.fromkeys((ProposalGateway, *CAPABILITIES), make_gateway),
    receiver=make_receiver,
    simulator="tramita.providers.qitech.simulator:make_simulator",
)
