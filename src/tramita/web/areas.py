"""What every area serves, in the order in which the API is told; their list is ``tramita.process.areas``."""

from collections.abc import Sequence
from typing import Final

from tramita.chats import routes as chats
from tramita.contracts import routes as contracts
from tramita.kit.http.area import AreaRoutes
from tramita.numbering import routes as numbering
from tramita.orders import routes as orders
from tramita.payments import routes as payments
from tramita.portability import routes as portability
from tramita.signatures import routes as signatures
from tramita.transfers import routes as transfers

AREAS: Final[Sequence[AreaRoutes]] = (
    portability.ROUTES,
    contracts.ROUTES,
    numbering.ROUTES,
    orders.ROUTES,
    payments.ROUTES,
    signatures.ROUTES,
    transfers.ROUTES,
    chats.ROUTES,
)
