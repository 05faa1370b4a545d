"""The runtime: what one process holds open, handed to jobs and requests."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from pydantic_settings import BaseSettings

from tramita.kit.addresses import is_loopback, read_networks
from tramita.kit.attention import Attention
from tramita.kit.batching import PATIENCE, MicroBatch
from tramita.kit.bounds import EVERYTHING, Bounds
from tramita.kit.cache import Cache
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import keys_of
from tramita.kit.errors import ConfigurationError
from tramita.kit.exchange import Exchange
from tramita.kit.files import Files
from tramita.kit.finding import Finder
from tramita.kit.kept import Kept
from tramita.kit.live import Live
from tramita.kit.mail.demo import DemoMailbox
from tramita.kit.mail.kinds import MailKind
from tramita.kit.mail.postman import Postman, Where
from tramita.kit.mail.settings import MailSettings
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import OperationKind
from tramita.kit.people.inventory import People
from tramita.kit.provider import Connection, Provider, ProviderMissing, Receiver
from tramita.kit.readiness import Readiness
from tramita.kit.settings import Settings
from tramita.kit.webhooks.courier import Courier
from tramita.kit.webhooks.reach import Reach

log = structlog.get_logger(__name__)

P = TypeVar("P")
S = TypeVar("S", bound=BaseSettings)
R = TypeVar("R")
D = TypeVar("D")
I = TypeVar("I")  # noqa: E741 - an item
O = TypeVar("O")  # noqa: E741 - its answer

Facts = Callable[[UnitOfWork, Collection[UUID]], Awaitable[Mapping[UUID, list[tuple[str, str]]]]]


@dataclass
class Runtime:
    """One process's settings, database, live hub, cache, courier, postman, files, providers and desks.

    ``kinds`` are the kinds of operation of every area, ``mails`` those of e-mails, ``facts`` tell what their subjects are by area,
    ``wholes`` select what things are part of, ``finds`` are every area's search, ``stakes`` say what hangs on one that needs a person by kind, ``attention`` finds areas' own cases, ``kept`` are rows that are kept for
    a time only,
    ``people`` is what their tables hold of people, ``receivers`` take the messages that providers
    post to us, by provider. ``installed`` are the manifests of all that are installed, connected
    or not.
    """

    settings: Settings
    database: Database
    live: Live
    cache: Cache = field(default_factory=Cache)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    failed_plugins: dict[str, str] = field(default_factory=dict)
    webhooks: Courier = field(init=False)
    readiness: Readiness = field(init=False)
    kinds: dict[str, OperationKind[Any, Any]] = field(default_factory=dict)
    mails: dict[str, MailKind[Any]] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    wholes: Sequence[str] = ()
    finds: Sequence[Finder] = ()
    stakes: dict[str, str] = field(default_factory=dict)
    attention: dict[str, Attention] = field(default_factory=dict)
    kept: Sequence[Kept] = ()
    people: People = field(default_factory=People)
    receivers: dict[str, Receiver] = field(default_factory=dict)
    installed: dict[str, Provider] = field(default_factory=dict)
    _gateways: dict[tuple[type, str], object] = field(default_factory=dict)
    _desks: dict[str, Desk[Any, Any]] = field(default_factory=dict)
    _gathered: dict[object, MicroBatch[Any, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let events go where the settings say, and one look at the database serve all."""
        self.readiness = Readiness(self.database)
        networks = read_networks(self.settings.webhook_networks)
        self.webhooks = Courier(reach=Reach(networks, is_demo=self.settings.is_demo))

    @cached_property
    def files(self) -> Files:
        """Where documents are kept."""
        return Files.open(self.settings.files_url, self.settings.data_dir, self.database)

    @cached_property
    def postman(self) -> Postman:
        """Who brings e-mails to the mail server."""
        own, mailbox = self.configured(MailSettings), DemoMailbox(self.settings)

        async def find() -> Where | None:
            return (own.host, own.usual_port) if own.host else await mailbox.find()

        return Postman(own, find)

    def within(self, bounds: Bounds) -> Self:
        """This runtime for a caller: its units of work are within these bounds.

        Everything else is the process's own and shared; desks and gathered queries, which
        serve many callers at once, work for the house.
        """
        narrowed = copy(self)
        narrowed.database = self.database.within(bounds)
        return narrowed

    def configured(self, kind: type[S]) -> S:
        """An area's own settings, read from the environment once per process."""
        return self.database.configured.get(kind)

    def configure(self, settings: BaseSettings) -> None:
        """Use these settings of an area instead of the environment's."""
        self.database.configured.use(settings)

    def gateway(self, port: type[P], provider: str) -> P:
        """The gateway of ``provider`` that implements ``port``; raises ``ProviderMissing``."""
        try:
            gateway = self._gateways[port, provider]
        except KeyError:
            raise ProviderMissing(f"{provider} with port {port.__name__}") from None
        return gateway  # type: ignore[return-value]  # the manifest keys it by its own port

    @property
    def titles(self) -> dict[str, str]:
        """What providers are called, by key."""
        return {key: one.title for key, one in self.installed.items()}

    def missing(self, provider: str) -> str | None:
        """Why nothing can be asked of ``provider`` in this process; empty: it is connected."""
        if provider in self.exchanges:
            return None
        return self.failed_plugins.get(f"provider {provider}", f"{provider} is not installed")

    def desk(self, kind: OperationKind[R, D]) -> Desk[R, D]:
        """This process's desk for one kind of operation, of whichever provider."""
        if kind.name not in self._desks:
            # How long a call may take at most, whatever it consists of.
            longest = {
                key: self.exchanges[key].deadline * self.installed[key].most_requests(kind.port)
                for key in self.providers(kind.port)
            }
            grace = timedelta(seconds=self.settings.operation_grace)
            self._desks[kind.name] = Desk(
                self.database.within(EVERYTHING),
                kind,
                leases={key: kind.calls * one + grace for key, one in longest.items()},
                ask_leases={key: kind.ask_calls * one + grace for key, one in longest.items()},
            )
        return self._desks[kind.name]

    def can(self, provider: str, port: type) -> bool:
        """Whether its manifest names the port; of one that is not installed nobody knows better."""
        manifest = self.installed.get(provider)
        return manifest is None or port in manifest.ports

    def providers(self, port: type) -> list[str]:
        """The keys of those connected that have the port."""
        return sorted(key for connected, key in self._gateways if connected is port)

    def gathered(
        self,
        query: Callable[[UnitOfWork, Sequence[I]], Awaitable[Sequence[O]]],
        group: str = "",
        *,
        is_reading: bool = False,
        patience: float = PATIENCE,
    ) -> MicroBatch[I, O]:
        """This process's micro-batch for a set-based query: many askers, one transaction.

        Items of different groups never share one. One that only reads (``is_reading``) needs none.
        ``patience`` is the batch's; each query is gathered with the same one everywhere.
        """
        if (query, group) not in self._gathered:
            database = self.database.within(EVERYTHING)

            async def ask(items: Sequence[I]) -> Sequence[O]:
                async with database.reading() if is_reading else database.unit_of_work() as work:
                    return await query(work, items)

            self._gathered[query, group] = MicroBatch(ask, patience=patience)
        return self._gathered[query, group]

    def connect_provider(self, provider: Provider, settings: Any, exchange: Exchange) -> None:
        """Make the provider's gateways on ``exchange``."""
        connection = Connection(exchange, settings, self.settings)
        made = provider.make_gateways(connection)
        if provider.receiver is not None:
            self.receivers[provider.key] = provider.receiver(connection)
        for port, gateway in made.items():
            self._gateways[port, provider.key] = gateway
        self.installed[provider.key] = provider
        self.exchanges[provider.key] = exchange


@asynccontextmanager
async def open_runtime(
    settings: Settings, address: str, providers: Mapping[str, Provider]
) -> AsyncIterator[Runtime]:
    """Open the runtime of this process on the database at ``address``."""
    database = Database.open(address, pool_size=settings.pool_size, keys=keys_of(settings))
    cache = Cache.open(settings.cache_url)
    runtime = Runtime(settings, database, Live(database.connect), cache)
    runtime.installed.update(providers)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.push_async_callback(cache.close)
        stack.push_async_callback(runtime.webhooks.close)
        for provider in providers.values():
            try:
                await _connect(runtime, provider, stack)
            except ConfigurationError as error:
                # An installation need not use every provider there is. Its jobs, should there
                # be any, fail loudly and take nothing until it is configured.
                runtime.failed_plugins[f"provider {provider.key}"] = str(error)
                log.error("provider_not_configured", provider=provider.key, why=str(error))  # noqa: TRY400 - the sentence says it all
        yield runtime


async def _connect(runtime: Runtime, provider: Provider, stack: AsyncExitStack) -> None:
    own = provider.settings()
    exchange = Exchange(
        provider.key,
        _address(own.url, runtime.settings, provider),
        deadline=timedelta(seconds=own.deadline),
        concurrency=own.concurrency,
        reads=provider.largest_answer,
    )
    runtime.connect_provider(provider, own, exchange)
    await stack.enter_async_context(exchange)


class ProviderNotConfigured(ConfigurationError):
    """{title} has no address: set {variable}. Only the demo falls back to a simulator."""


class ProviderInClear(ConfigurationError):
    """{title}'s address in {variable} is not https: tokens and people's data would go in clear."""


def _address(given: str, settings: Settings, provider: Provider) -> str:
    """Where the provider is: a simulator or anything in the demo, else https or this machine."""
    facts = {"title": provider.title, "variable": f"TRAMITA_{provider.key.upper()}_URL"}
    if settings.is_demo:
        return given or f"http://127.0.0.1:{settings.simulators_port}/{provider.key}"
    if not given:
        raise ProviderNotConfigured(**facts)
    url = urlsplit(given)
    if url.scheme != "https" and not is_loopback(url.hostname or ""):
        raise ProviderInClear(**facts)
    return given
