"""What each process opens: its runtime, with whatever is installed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tramita.contracts.backends import (
    connected_providers,
    installed_backends,
    unavailable_backends,
)
from tramita.kit.people.inventory import together
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.runtime import Runtime, open_runtime
from tramita.kit.settings import Settings
from tramita.process.areas import EVERYTHING, RETENTION
from tramita.process.settings import read_area_settings, tell_unknown_variables


@asynccontextmanager
async def running_runtime(settings: Settings, address: str) -> AsyncIterator[Runtime]:
    """The runtime with every installed provider and contract backend."""
    read_area_settings()
    tell_unknown_variables()
    providers = load_plugins("tramita.providers", Provider)
    # Outside systems of contract backends count once their URL is set.
    connected = providers.loaded | connected_providers()
    async with open_runtime(settings, address, connected) as runtime:
        unusable = unavailable_backends()
        for kind, plugins in (("provider", providers.failed), ("backend", unusable)):
            runtime.failed_plugins.update({f"{kind} {key}": why for key, why in plugins.items()})
        runtime.kinds.update({kind.name: kind for area in EVERYTHING for kind in area.kinds})
        runtime.mails.update({kind.key: kind for area in EVERYTHING for kind in area.mails})
        runtime.facts.update({one.key: one.facts for one in EVERYTHING if one.facts is not None})
        runtime.wholes = [statement for one in EVERYTHING for statement in one.wholes]
        runtime.finds = [find for one in EVERYTHING for find in one.finds]
        for one in EVERYTHING:
            runtime.stakes.update(one.stakes)
            if one.attention is not None:
                runtime.attention[one.key] = one.attention
        runtime.kept = RETENTION.kept
        runtime.people = together([area.people for area in EVERYTHING])
        # Those of backends that are told things by a system they ask nothing.
        for key, backend in installed_backends().items():
            if backend.receiver is not None:
                runtime.receivers.setdefault(key, backend.receiver)
        yield runtime
