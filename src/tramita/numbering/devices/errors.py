"""What those who ask about devices are told."""

from datetime import timedelta

from tramita.kit.errors import NotFoundError, ProviderUnavailableError
from tramita.numbering.errors import InCapitals


class BrandNotFound(InCapitals, NotFoundError):
    """There is no such brand of devices."""


class ProviderUnavailable(InCapitals, ProviderUnavailableError):
    """The list of devices was never read from the provider yet."""

    retry_after = timedelta(seconds=30)
