"""Every class of settings of this installation: the platform's, the areas' and the plugins'."""

from collections.abc import Iterator, Mapping
from typing import Final

import structlog
from pydantic_settings import BaseSettings

from tramita.contracts.backends import installed_backends
from tramita.contracts.settings import ContractSettings
from tramita.kit.environment import unknown_variables
from tramita.kit.http.settings import WebSettings
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.settings import Settings
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.settings import NumberingSettings
from tramita.portability.lender import LenderSettings
from tramita.portability.settings import PortabilitySettings

log = structlog.get_logger(__name__)

AREA_SETTINGS: Final[Mapping[str, type[BaseSettings]]] = {
    "Web": WebSettings,
    "Contracts": ContractSettings,
    "Portability": PortabilitySettings,
    "Lender": LenderSettings,
    "Numbering": NumberingSettings,
    "Devices": DeviceSettings,
}


def all_settings() -> Iterator[tuple[str, type[BaseSettings]]]:
    """Every class of settings with what it belongs to."""
    yield "Tramita", Settings
    yield from AREA_SETTINGS.items()
    for provider in load_plugins("tramita.providers", Provider).loaded.values():
        yield provider.title, provider.settings
    for backend in installed_backends().values():
        if backend.provider is not None:
            yield backend.provider.title, backend.provider.settings


def read_area_settings() -> None:
    """Raise pydantic's ``ValidationError`` now for a value that an area cannot use.

    Otherwise it is first seen when a client's page asks for it.
    """
    for kind in AREA_SETTINGS.values():
        kind()


def tell_unknown_variables() -> None:
    """Log each ``TRAMITA_…`` variable that nothing reads: a misspelt setting changes nothing."""
    for name, nearest in unknown_variables(kind for _, kind in all_settings()).items():
        log.warning("setting_unknown", variable=name, nearest=nearest)
