"""One contract of an envelope, as it was sold."""

from dataclasses import dataclass

from tramita.portability.model import PORTABILITY_PRODUCT
from tramita.portability.ports import OriginContract, Terms


@dataclass(frozen=True, slots=True)
class Sold:
    """``origin``, ``terms``, ``refinancing`` and ``provider`` belong to a portability only.

    ``provider`` is whose proposal it is to become; ``None``: the installation's.
    """

    product: str
    number: str
    origin: OriginContract | None = None
    terms: Terms | None = None
    refinancing: Terms | None = None
    provider: str | None = None

    @property
    def is_portability(self) -> bool:
        """Whether it becomes a proposal at the provider."""
        return self.product == PORTABILITY_PRODUCT
