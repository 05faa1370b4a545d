"""What can go wrong with contracts, each as a sentence."""

from tramita.kit.errors import ConflictError, FieldError, GoneError, InvalidError, NotFoundError


class ContractNotFound(NotFoundError):
    """There is no contract {id}."""


class CustomerNotFound(NotFoundError):
    """There is no customer {id}."""


class CustomerErased(GoneError):
    """Customer {id} was erased, and cannot be changed any more."""


class ProductNotFound(NotFoundError):
    """There is no product {id}."""


class PackageNotFound(NotFoundError):
    """There is no package {id}."""


class ProductCodeTaken(ConflictError):
    """There is already a product with code "{code}"."""


class PackageCodeTaken(ConflictError):
    """There is already a package with code "{code}"."""


class ContractNotChangeable(ConflictError):
    """Contract {id} is cancelled and cannot be changed any more."""


class ContractChangedMeanwhile(ConflictError):
    """Contract {id} is at version {version} by now; read it again before changing it."""


class ContractNotActivated(ConflictError):
    """Contract {id} is {state}; only an activated contract can be suspended or resumed."""


class BackendNotAvailable(ConflictError):
    """The backend {backend} is not available here: {reason}. Nothing was changed."""

    def __init__(self, backend: str, reason: str) -> None:
        """Say why in ``reason``: the plugin failed to load, or is not configured."""
        super().__init__(backend=backend, reason=reason.rstrip("."))


class BackendRefused(ConflictError):
    """The backend {backend} refused: {reason}."""

    def __init__(self, reason: str, *, backend: str = "") -> None:
        """A plugin says why in ``reason``; the core fills in which plugin it was."""
        self.reason = reason
        self.backend = backend
        super().__init__(reason=reason.rstrip("."), backend=backend or "?")

    def of(self, backend: str) -> "BackendRefused":
        """The same refusal, naming the backend it came from."""
        return BackendRefused(self.reason, backend=backend)


def invalid(path: str, code: str, message: str) -> InvalidError:
    """One field of a request breaks a rule."""
    return InvalidError([FieldError(path, code, message)])
