"""Backend plugins: what a plugin hands over, and where the installed ones are kept.

A plugin is an object ``ContractBackend`` under entry-point group ``tramita.backends``,
whose name is the backend's key. Installing the package is the only step. One that
fails to load is named in ``load_backends().failed``, nothing of it stays subscribed,
and the others work. One that begins something for a contract and cannot end it again is
refused when it is loaded: a contract would be called cancelled while its service runs.
"""

import functools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from tramita.console.words import Stamp
from tramita.contracts.decorators import Handler
from tramita.contracts.signals import (
    SIGNALS,
    ContractSignal,
    on_contract_cancel,
    on_contract_create,
    on_contract_resume,
    on_contract_suspend,
)
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.jobs import Job
from tramita.kit.plugins import Plugins, load_plugins
from tramita.kit.provider import Provider, Receiver

log = logging.getLogger(__name__)

P = TypeVar("P")

GROUP = "tramita.backends"

# From the contract to its representation, a JSON object.
Describe = Callable[[Any], dict[str, Any]]
# Cancels one contract (given with the reason) the way its own area does.
Cancel = Callable[[UnitOfWork, Any, str], Awaitable[None]]


class Part(NamedTuple):
    """A thing whose history is a contract's own; one that had another life before, ``since`` then."""

    id: UUID
    since: datetime | None = None


# From a contract's id to the further things that it consists of.
Parts = Callable[[UnitOfWork, UUID], Awaitable[Sequence[Part]]]
# From what a backend calls products to what a person calls them.
NameProducts = Callable[[UnitOfWork, Sequence[str]], Awaitable[Mapping[str, str]]]

# What a handler of the one begins, a handler of the other has to end.
_ENDED_BY: Mapping[ContractSignal, ContractSignal] = {
    on_contract_create: on_contract_cancel,
    on_contract_suspend: on_contract_resume,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a journey as a person reads it, and what is awaited there.

    ``is_settled``: nothing is.
    """

    stamp: Stamp
    next: str
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Clients:
    """Whose a backend's contracts are, where the core has no customer of them.

    ``select`` gives ``id`` and ``stored`` (as text) of the contracts ``$1``, for one statement that asks all
    backends; ``read`` finds the name in what is stored.
    """

    select: str
    read: Callable[[Keyring, str], str]


@dataclass(frozen=True)
class ContractBackend:
    """A plugin that fulfils contracts.

    ``handlers`` run at signals of this backend's own contracts, inside the core's
    unit of work. ``describe`` gives the contract's representation. ``jobs``
    run in Tramita's workers. ``provider`` is the outside system behind it, connected
    when its URL is set, with what takes its messages. Where nothing is asked of a system that
    posts to us, ``receiver`` alone takes them.

    An area that keeps more of a contract than this brings ``cancel``: whoever cancels one
    then goes through it, and the area tells the core (``service.cancel_contracts``). It
    raises a ``ConflictError`` where the contract cannot be cancelled (any more). With
    ``keeps_envelopes`` every contract of an envelope is the area's, whatever fulfils it.
    ``unavailable`` says why nothing can be asked of it in this installation. Whoever names one
    of ``former_keys`` means this backend.

    ``parts`` names what else a contract of this backend consists of: its timeline tells of that too,
    and of what the area keeps besides, by the statements ``tells`` (``kit.timeline.Asked.also``).

    ``stages`` are the words of its journey, in the order of the way, by which a contract's standing is told
    (``contract_standings``); without them it is told by the contract's state. ``besides`` are those of whatever
    else is in its envelopes. ``name_products`` says
    what products are called that are not the catalog's; ``products`` are the words of kinds of product that
    have a code alone. ``clients`` tells whose its contracts are. ``acts`` begin the kinds of the
    operations that are its journey's (``portability`` of ``portability.insert_proposal``).

    ``answers`` is what it implements for areas below it, by the protocol of the area that asks:
    one that lets its contracts be paid is told what was paid (``find_answer``).
    """

    key: str
    title: str
    handlers: Mapping[ContractSignal, Handler] = field(default_factory=dict)
    describe: Describe | None = None
    jobs: Sequence[Job[Any]] = ()
    provider: Provider | None = None
    receiver: Receiver | None = None
    cancel: Cancel | None = None
    keeps_envelopes: bool = False
    unavailable: str | None = None
    former_keys: tuple[str, ...] = ()
    parts: Parts | None = None
    tells: Sequence[str] = ()
    stages: Mapping[str, Stage] = field(default_factory=dict)
    besides: Mapping[str, Stage] = field(default_factory=dict)
    name_products: NameProducts | None = None
    products: Mapping[str, str] = field(default_factory=dict)
    clients: Clients | None = None
    acts: Sequence[str] = ()
    answers: Mapping[type, object] = field(default_factory=dict)

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
            "webhook": self.receiver or (self.provider and self.provider.receiver),
            "cancel": self.cancel,
        }
        return [name for name, thing in brought.items() if thing]

    @property
    def unended(self) -> str | None:
        """What it begins and cannot end, as a sentence; ``None``: nothing."""
        handled = self.signals
        for begun, ended in _ENDED_BY.items():
            is_ended = ended.name in handled or (ended is on_contract_cancel and self.cancel)
            if begun.name in handled and not is_ended:
                return f"it handles {begun.name} and not {ended.name}: what it begins, nobody ends"
        return None


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
    if name not in (backend.key, *backend.former_keys):
        return f'its key is "{backend.key}", its entry point is named "{name}"'
    try:
        for to, handler in backend.handlers.items():
            to.connect_backend(handler, backend.key)
    except TypeError as error:
        log.error("backend %s cannot be installed: %s", name, error)  # noqa: TRY400 - the sentence says it all
        return str(error)
    if (why := backend.unended) is not None:
        log.error("backend %s cannot be installed: %s", name, why)
        return why
    _installed[backend.key] = backend
    return None


def installed_backends() -> dict[str, ContractBackend]:
    """Every backend at work in this process, by key."""
    load_backends()
    return dict(sorted(_installed.items()))


def present_key(key: str) -> str:
    """The key of a backend today, where ``key`` is a former one of it."""
    found = (one.key for one in installed_backends().values() if key in one.former_keys)
    return next(found, key)


def unavailable_backends() -> dict[str, str]:
    """Backends of which nothing can be asked in this installation, and why."""
    unusable = {key: one.unavailable for key, one in installed_backends().items()}
    return {key: why for key, why in (load_backends().failed | unusable).items() if why}


def why_unavailable(backend: str) -> str | None:
    """Why nothing can be asked of a backend; ``None``: it can, or the core alone knows it."""
    failed = load_backends().failed
    plugin = installed_backends().get(present_key(backend))
    return failed.get(backend) if plugin is None else plugin.unavailable


def find_keeper(backend: str, *, is_in_envelope: bool) -> ContractBackend | None:
    """Whose area keeps a contract: an envelope's its envelope's, any other its backend's."""
    plugins = installed_backends()
    if is_in_envelope:
        return next((one for one in plugins.values() if one.keeps_envelopes), None)
    return plugins.get(present_key(backend))


def find_stage(backend: str, stage: str) -> Stage | None:
    """A stage of a backend's journey; what has no plugin may be in envelopes, and goes their way."""
    plugin = installed_backends().get(backend)
    if plugin is not None:
        return plugin.stages.get(stage)
    keeper = find_keeper(backend, is_in_envelope=True)
    return keeper.besides.get(stage) if keeper else None


def find_answer(backend: str, port: type[P]) -> P | None:
    """What a backend implements of an area's protocol; ``None``: nothing is asked of it."""
    plugin = installed_backends().get(present_key(backend))
    return plugin.answers.get(port) if plugin else None  # type: ignore[return-value]  # keyed by it


def get_pbe_info(backend: str) -> Describe | None:
    """The function by which a backend's plugin describes a contract, if it has one."""
    plugin = installed_backends().get(present_key(backend))
    return plugin.describe if plugin else None


def connected_providers() -> dict[str, Provider]:
    """Outside systems of installed backends whose URL is set."""
    return {
        plugin.provider.key: plugin.provider
        for plugin in installed_backends().values()
        if plugin.provider is not None and plugin.provider.settings().url
    }
