"""Backend plugins: what a plugin hands over, and where the installed ones are kept.

A plugin is an object ``ContractBackend`` under entry-point group ``tramita.backends``,
whose name is the backend's key. Installing the package is the only step. One that
fails to load is named in ``load_backends().failed``, nothing of it stays subscribed,
and the others work.
"""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tramita.contracts.decorators import Handler
from tramita.contracts.signals import SIGNALS, ContractSignal
from tramita.kit.jobs import Job
from tramita.kit.plugins import Plugins, load_plugins
from tramita.kit.provider import Provider

log = logging.getLogger(__name__)

GROUP = "tramita.backends"

# From the contract to its representation, a JSON object.
Describe = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Webhook:
    """What the backend's outside system posts to ``/webhooks/<key>``.

    ``verify`` gets the headers (names in lower case) and the raw body, and says
    whether the outside system sent it. ``job(message_id)`` handles what is kept.
    ``vendor_id`` reads the message's own id; without one, equal bodies are one message.
    """

    verify: Callable[[Mapping[str, str], bytes], bool]
    job: str
    vendor_id: Callable[[bytes], str | None] | None = None


@dataclass(frozen=True)
class ContractBackend:
    """A plugin that fulfils contracts.

    ``handlers`` run at signals of this backend's own contracts, inside the core's
    unit of work. ``describe`` gives the contract's representation. ``jobs``
    run in Tramita's workers. ``provider`` is the outside system behind it, connected
    when its URL is set; ``webhook`` what that system posts back.
    """

    key: str
    title: str
    handlers: Mapping[ContractSignal, Handler] = field(default_factory=dict)
    describe: Describe | None = None
    jobs: Sequence[Job[Any]] = ()
    provider: Provider | None = None
    webhook: Webhook | None = None

    @property
    def signals(self) -> list[str]:
        """Names of the signals it handles, however its handlers were subscribed."""
        return [
            one.name
            for one in SIGNALS
            if any(receiver.backend == self.key for receiver in one.listeners())
        ]

    @property
    def capabilities(self) -> list[str]:
        """What it brings beyond handlers."""
        brought = {
            "describe": self.describe,
            "jobs": self.jobs,
            "provider": self.provider,
            "webhook": self.webhook,
        }
        return [name for name, thing in brought.items() if thing]


_installed: dict[str, ContractBackend] = {}


def install_backend(backend: ContractBackend) -> None:
    """Subscribe a backend's handlers; one installed under the same key gives way."""
    remove_backend(backend.key)
    for to, handler in backend.handlers.items():
        to.connect_backend(handler, backend.key)
    _installed[backend.key] = backend


def remove_backend(key: str) -> None:
    """Unsubscribe what was installed under ``key``, if anything."""
    if _installed.pop(key, None) is not None:
        _silence(key)


def _silence(key: str) -> None:
    for one in SIGNALS:
        one.disconnect_backend(key)


@functools.cache
def load_backends() -> Plugins[ContractBackend]:
    """Load and install every plugin, once per process; says which failed, and why."""
    plugins = load_plugins(GROUP, ContractBackend)
    for name, backend in list(plugins.loaded.items()):
        why = _install_loaded(name, backend)
        if why:
            del plugins.loaded[name]
            plugins.failed[name] = why
    for name in plugins.failed:
        # A plugin that failed half way may have subscribed handlers before it did.
        _silence(name)
    return plugins


def _install_loaded(name: str, backend: ContractBackend) -> str | None:
    """Install what an entry point gave; answers why it could not be."""
    if backend.key != name:
        return f'its key is "{backend.key}", its entry point is named "{name}"'
    try:
        for to, handler in backend.handlers.items():
            to.connect_backend(handler, backend.key)
    except TypeError as error:
        log.error("backend %s cannot be installed: %s", name, error)  # noqa: TRY400 - the sentence says it all
        return str(error)
    _installed[name] = backend
    return None


def installed_backends() -> dict[str, ContractBackend]:
    """Every backend at work in this process, by key."""
    load_backends()
    return dict(sorted(_installed.items()))


def get_pbe_info(backend: str) -> Describe | None:
    """The function by which a backend's plugin describes a contract, if it has one."""
    load_backends()
    plugin = _installed.get(backend)
    return plugin.describe if plugin else None


def connected_providers() -> dict[str, Provider]:
    """Outside systems of installed backends whose URL is set."""
    return {
        plugin.provider.key: plugin.provider
        for plugin in installed_backends().values()
        if plugin.provider is not None and plugin.provider.settings().url
    }
