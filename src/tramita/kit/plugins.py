"""Plugins are found by entry point; one that fails to load is named, and the rest works."""

from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

P = TypeVar("P")


@dataclass(frozen=True)
class Plugins(Generic[P]):
    """What an entry-point group holds: objects by key, and why the others failed."""

    loaded: dict[str, P] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def load_plugins(group: str, kind: type[P]) -> Plugins[P]:
    """Load every entry point of ``group``; each must be a ``kind``."""
    plugins: Plugins[P] = Plugins()
    for entry in sorted(entry_points(group=group), key=lambda one: one.name):
        try:
            found = entry.load()
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything while importing
            plugins.failed[entry.name] = f"{type(error).__name__}: {error}"
        else:
            if isinstance(found, kind):
                plugins.loaded[entry.name] = found
                continue
            plugins.failed[entry.name] = f"{entry.value} is not a {kind.__name__}"
        log.error("plugin_failed", group=group, plugin=entry.name, why=plugins.failed[entry.name])
    return plugins
