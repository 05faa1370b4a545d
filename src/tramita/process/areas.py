"""Every area of this house; what they serve is listed in ``tramita.web.areas``."""

from collections.abc import Sequence
from typing import Final

from tramita.chats import area as chats
from tramita.contracts import area as contracts
from tramita.kit.area import Area
from tramita.numbering import area as numbering
from tramita.orders import area as orders
from tramita.payments import area as payments
from tramita.portability import area as portability
from tramita.process.platform import PLATFORM
from tramita.process.retention import retention_area
from tramita.signatures import area as signatures
from tramita.transfers import area as transfers

AREAS: Final[Sequence[Area]] = (
    contracts.AREA,
    portability.AREA,
    numbering.AREA,
    orders.AREA,
    payments.AREA,
    signatures.AREA,
    transfers.AREA,
    chats.AREA,
)
RETENTION: Final = retention_area([PLATFORM, *AREAS])
EVERYTHING: Final[Sequence[Area]] = (*AREAS, PLATFORM, RETENTION)
