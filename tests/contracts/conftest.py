"""Fixtures of the contract tests: backends that exist for one test."""

from collections.abc import Callable, Iterator

import pytest

from tramita.contracts.backends import ContractBackend, install_backend, remove_backend


@pytest.fixture
def install() -> Iterator[Callable[[ContractBackend], ContractBackend]]:
    """Install a backend until the test ends."""
    keys: list[str] = []

    def _install(backend: ContractBackend) -> ContractBackend:
        install_backend(backend)
        keys.append(backend.key)
        return backend

    yield _install
    for key in keys:
        remove_backend(key)
