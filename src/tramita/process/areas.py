"""Every area of this house; what they serve is listed in ``tramita.web.areas``."""

from collections.abc import Sequence
from typing import Final

from tramita.contracts import area as contracts
from tramita.kit.area import Area
from tramita.numbering import area as numbering
from tramita.portability import area as portability
from tramita.process.platform import PLATFORM

AREAS: Final[Sequence[Area]] = (contracts.AREA, portability.AREA, numbering.AREA)
EVERYTHING: Final[Sequence[Area]] = (*AREAS, PLATFORM)
