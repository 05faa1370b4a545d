"""What callers of numbering are told. Their codes are in capitals, as the design has them."""

from datetime import timedelta
from typing import Final

from tramita.kit.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    OutcomeUnknownError,
    ProviderRefusedError,
    ProviderUnavailableError,
    TramitaError,
)

# A reservation takes seconds; so much later its outcome is known more often than not.
_SOON: Final = timedelta(seconds=5)


class InCapitals(TramitaError):
    """An error whose code is in capitals, such as ``PREVIEW_NOT_FOUND``."""

    @property
    def code(self) -> str:
        """The class's name in capitals."""
        return super().code.upper()


class PreviewNotFound(InCapitals, NotFoundError):
    """There is no such preview."""


class PreviewNumberNotFound(InCapitals, NotFoundError):
    """The preview has no number with this index."""


class PreviewExpired(InCapitals, GoneError):
    """The preview can no longer be chosen from: {why}."""


class ReservationInProgress(InCapitals, ConflictError):
    """A number of this preview is being reserved just now."""

    retry_after = _SOON


class PreviewConsumed(InCapitals, ConflictError):
    """A number of this preview was reserved already."""


class NumberInventoryDivergence(InCapitals):
    """The provider offered {number}, which is not free here: the inventories disagree."""


class NumberAlreadyReserved(NumberInventoryDivergence):
    """{number} was reserved already, from this very preview."""

    @property
    def code(self) -> str:
        """That of its family, which callers branch on; the sentence says more."""
        return "NUMBER_INVENTORY_DIVERGENCE"


class ReleaseInProgress(InCapitals, ProviderUnavailableError):
    """The number is being given back to the provider just now."""

    retry_after = _SOON


class NumberNotFound(InCapitals, NotFoundError):
    """There is no such number."""


class NumberNotReleasable(InCapitals, ConflictError):
    """{number} is {status}; only a reserved number can be released."""


class ProviderRejected(InCapitals, ProviderRefusedError):
    """The provider refuses ({reason})."""


class ProviderUnavailable(InCapitals, ProviderUnavailableError):
    """The provider is out of reach or has no such numbers, and nothing was reserved ({reason})."""

    def __init__(self, reason: str, retry_after: timedelta = _SOON) -> None:
        """Say what happened and when to try again."""
        super().__init__(reason=reason)
        self.retry_after = retry_after


class ProviderOutOfStock(ProviderUnavailable):
    """The provider has no such numbers just now, and nothing was reserved ({reason})."""

    def __init__(self, reason: str) -> None:
        """Say what is missing; stock does not come back within seconds."""
        super().__init__(reason, timedelta(minutes=1))

    @property
    def code(self) -> str:
        """That of its family: to a caller both are a reason to come back later."""
        return "PROVIDER_UNAVAILABLE"


class ProviderOutcomeUnknown(InCapitals, OutcomeUnknownError):
    """Nobody knows yet whether the provider did it; it is being asked ({reason})."""


class NumberStateForbids(InCapitals, ConflictError):
    """{number} is {status}, which does not allow it to {trigger}."""


class SIMInUse(InCapitals, ConflictError):
    """This SIM has another number of yours."""


class SIMNotFound(InCapitals, NotFoundError):
    """There is no such SIM."""


class TokenWithoutCarrier(ForbiddenError):
    """The token is bound to no carrier and lacks the scope numbering:all, so it sees no number."""


class ContractNeedsNoNumber(InCapitals, ConflictError):
    """The contract is cancelled, or has a number already."""
