"""What may be wrong when contracts are to be signed."""

from datetime import timedelta

from tramita.kit.errors import (
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    ProviderRefusedError,
    ProviderUnavailableError,
)


class ContractNotSignable(ConflictError):
    """Contract {id} is one of {backend}, which has none of its contracts signed."""


class ContractAlreadySigned(ConflictError):
    """Contract {id} is {state}: it is not submitted for signature again."""


class NotSubmittedForSignature(NotFoundError):
    """Contract {id} was not submitted for signature."""


class NothingToSign(ConflictError):
    """There is nothing that this person may sign now."""


class SeveralSigningServices(ConflictError):
    """These contracts are signed at {providers}: each service has a link of its own."""


class DocumentOnItsWay(ConflictError):
    """The document is on its way to the signing service; ask again in a moment."""

    retry_after = timedelta(seconds=2)


class SigningServiceRefused(ProviderRefusedError):
    """The signing service refuses: {reason}."""


class SigningServiceUnavailable(ProviderUnavailableError):
    """The signing service cannot be reached."""

    retry_after = timedelta(seconds=5)


class LinkOutcomeUnknown(OutcomeUnknownError):
    """Nobody knows whether the signing service made a link; ask for it again, which harms nobody."""

    retry_after = timedelta(seconds=2)
