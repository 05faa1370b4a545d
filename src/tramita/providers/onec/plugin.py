"""The manifest of 1C, found under entry-point group ``tramita.providers``."""

from tramita.kit.provider import Connection, Provider
from tramita.providers.onec.client import OneCClient
from tramita.providers.onec.fetched import FetchedGateway
from tramita.providers.onec.gateway import OneCGateway
from tramita.providers.onec.notices import make_notices
from tramita.providers.onec.odata.gateway import ODataGateway
from tramita.providers.onec.sessions import Sessions
from tramita.providers.onec.settings import OneCSettings
from tramita.transfers.ports import BackOffice, OfficeLinks, OfficeNotices


def make_gateway(connection: Connection) -> OneCGateway | ODataGateway | FetchedGateway:
    """The gateway of this process, for the way in which 1C is told."""
    settings: OneCSettings = connection.settings
    if settings.way == "fetched":
        return FetchedGateway(settings.web_url)
    client = OneCClient(
        connection.exchange,
        connection.account("username"),
        connection.secret("password"),
        Sessions(settings.session_seconds, settings.deadline, settings.concurrency),
    )
    if settings.way == "odata":
        return ODataGateway(client, settings.zone, settings.web_url, settings.deadline)
    return OneCGateway(client, settings.zone, settings.web_url)


provider = Provider(
    key="onec",
    title="1C",
    settings=OneCSettings,
    ports={BackOffice: make_gateway, OfficeLinks: make_gateway, OfficeNotices: make_notices},
    simulator="tramita.providers.onec.simulator:make_simulator",
    requests=2,  # The first in a session that 1C has lost.
)
