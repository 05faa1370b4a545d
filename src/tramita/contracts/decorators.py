"""``@backend_handler``: a function that runs only for contracts of its own backend."""

import functools
import sys
from collections.abc import Callable
from typing import Any, Protocol, overload

# A handler takes the contract, and by name whatever of the signal's payload it needs.
Handler = Callable[..., None]


class HasBackend(Protocol):
    """A contract, as far as signals are concerned."""

    @property
    def backend(self) -> str:
        """Key of the backend that fulfils it."""
        ...


class BackendHandler:
    """A handler and the backend it belongs to; for other contracts it does nothing."""

    def __init__(self, function: Handler, backend: str) -> None:
        """Look like ``function`` to whoever asks, its signature too."""
        self.function = function
        self.backend = backend
        functools.update_wrapper(self, function)

    def __call__(self, contract: HasBackend, /, **payload: Any) -> None:
        """Handle the signal, if the contract is one of this backend's."""
        if contract.backend == self.backend:
            self.function(contract, **payload)


@overload
def backend_handler(backend: Handler) -> BackendHandler: ...
@overload
def backend_handler(backend: str) -> Callable[[Handler], BackendHandler]: ...
def backend_handler(
    backend: Handler | str,
) -> BackendHandler | Callable[[Handler], BackendHandler]:
    """Let a handler run only for contracts of one backend.

    ``@backend_handler("acme")`` names it. Bare ``@backend_handler`` takes the name
    of the package the function is defined in: ``smt`` for ``tramita.backends.smt``.
    """
    if isinstance(backend, str):
        return functools.partial(BackendHandler, backend=backend)
    return BackendHandler(backend, _own_package(backend))


def _own_package(function: Handler) -> str:
    module = sys.modules[function.__module__]
    return (module.__package__ or module.__name__).rpartition(".")[2]
