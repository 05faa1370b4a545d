"""Every class of settings of this installation: the platform's, the areas' and the plugins'."""

from collections.abc import Iterator

import structlog
from pydantic_settings import BaseSettings

from tramita.contracts.backends import installed_backends
from tramita.kit.environment import unknown_variables
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.settings import Settings
from tramita.process.areas import AREAS, RETENTION
from tramita.process.platform import PLATFORM

log = structlog.get_logger(__name__)


def all_settings() -> Iterator[tuple[str, type[BaseSettings]]]:
    """Every class of settings with what it belongs to."""
    yield "Tramita", Settings
    yield from _area_settings()
    for provider in load_plugins("tramita.providers", Provider).loaded.values():
        yield provider.title, provider.settings
    for backend in installed_backends().values():
        if backend.provider is not None:
            yield backend.provider.title, backend.provider.settings


def _area_settings() -> Iterator[tuple[str, type[BaseSettings]]]:
    for area in (PLATFORM, RETENTION, *AREAS):
        yield from area.settings.items()


def read_area_settings() -> None:
    """Raise pydantic's ``ValidationError`` now for a value that an area cannot use.

    Otherwise it is first seen when a client's page asks for it.
    """
    for _, kind in _area_settings():
        kind()


def tell_unknown_variables() -> None:
    """Log each ``TRAMITA_…`` variable that nothing reads: a misspelt setting changes nothing."""
    for name, nearest in unknown_variables(kind for _, kind in all_settings()).items():
        log.warning("setting_unknown", variable=name, nearest=nearest)
