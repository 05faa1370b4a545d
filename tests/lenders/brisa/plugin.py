"""The manifest of Brisa, a lender that nobody has installed."""

from tests.lenders.brisa.gateway import make_gateway, make_receiver
from tests.lenders.brisa.settings import BrisaSettings
from tramita.kit.access_tokens import REQUESTS
from tramita.kit.provider import Provider
from tramita.portability.ports import ProposalGateway

provider = Provider(
    key="brisa",
    title="Brisa",
    settings=BrisaSettings,
    ports={ProposalGateway: make_gateway},
    receiver=make_receiver,
    requests=REQUESTS,
    simulator="tests.lenders.brisa.simulator:make_simulator",
)
