"""The providers that are installed, for whoever asks about them without connecting to any."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tramita.contracts.backends import connected_providers
from tramita.kit.operations.kind import OperationKind
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.process.areas import EVERYTHING


def _installed() -> Mapping[str, Provider]:
    # Outside systems of contract backends count once their URL is set.
    return load_plugins("tramita.providers", Provider).loaded | connected_providers()


def _kinds() -> Mapping[str, OperationKind[Any, Any]]:
    return {kind.name: kind for area in EVERYTHING for kind in area.kinds}


@dataclass(frozen=True)
class Installation:
    """What is installed here; whether it can be reached, this process does not know."""

    installed: Mapping[str, Provider] = field(default_factory=_installed)
    kinds: Mapping[str, OperationKind[Any, Any]] = field(default_factory=_kinds)

    def missing(self, provider: str) -> str | None:
        """Nothing is known to be wrong with it."""
        return None
