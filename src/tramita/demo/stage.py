"""The demo's stage: a fresh database, the simulators, and Tramita in front of them."""

import fcntl
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import asyncpg

from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.clock import advance_clock
from tramita.kit.database.embedded import EmbeddedPostgres, passing_folder
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.migrate import migrate
from tramita.kit.errors import ConfigurationError
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.tokens import create_token
from tramita.process.runtime import running_runtime
from tramita.process.worker import running_worker
from tramita.simulation.server import running_simulators
from tramita.simulation.simulator import Simulator
from tramita.web.scopes import find_scopes
from tramita.web.server import listen, running_web
from tramita.web.simulators import make_simulators

# An idle worker looks for delayed jobs this often.
_LOOKS_EVERY_SECONDS = 0.3

Say = Callable[[str], None]


class PortTaken(ConfigurationError):
    """{name} asks for port {port}, which something else listens on."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Who may sign in to the console here."""

    email: str
    password: str


@dataclass
class Stage:
    """Everything that runs; ``api`` already carries the token.

    ``vendors`` are the keys of the simulators; ``ahead`` is how far the clock was moved,
    here and there.
    """

    url: str
    simulators_url: str
    token: str
    account: DemoAccount
    runtime: Runtime
    api: aiohttp.ClientSession
    simulators: aiohttp.ClientSession
    vendors: list[str]
    ahead: timedelta = timedelta()

    async def advance(self, span: timedelta) -> None:
        """Move time on, here and in the whole outside world."""
        async with self.runtime.database.unit_of_work(actor="demo") as work:
            await advance_clock(work, self.runtime.settings, span)
        order = {"advance": f"{span.total_seconds():.0f}s"}
        for vendor in self.vendors:
            async with self.simulators.post(f"/{vendor}/__sim/clock", json=order) as answer:
                answer.raise_for_status()
        self.ahead += span


@contextmanager
def fresh_database(settings: Settings, say: Say) -> Iterator[tuple[Settings, str]]:
    """The demo's own embedded database, emptied; its settings and address.

    The demo never touches the data of ``tramita all``: it has a directory of its own,
    and a temporary one when another demo holds that.
    """
    with _own_directory(settings.data_dir / "demo", say) as directory:
        embedded = EmbeddedPostgres.start(directory / "postgres")
        try:
            yield settings.model_copy(update={"data_dir": directory}), embedded.url()
        finally:
            embedded.close()


@contextmanager
def _own_directory(directory: Path, say: Say) -> Iterator[Path]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another demo uses {directory}; this one gets a temporary directory.")
        else:
            yield directory
            return
    with passing_folder("tramita-demo-") as folder:
        yield folder


@asynccontextmanager
async def running_stage(settings: Settings, address: str, say: Say) -> AsyncIterator[Stage]:
    """Simulators, web and worker, on the usual ports or, when they are taken, on free ones."""
    await _empty(address)
    database = Database.open(address)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await migrate(database)
        async with database.unit_of_work(actor="demo") as work:
            token = await create_token(work, "demo", find_scopes())
            account = DemoAccount("operator@tramita.example", secrets.token_hex(8))
            await create_account(work, account.email, account.password, Role.OPERATOR)
        listening = _listen(settings, say)
        stack.callback(listening.close)
        # Simulators post their webhooks to the port that Tramita really has.
        port = listening.getsockname()[1]
        here = settings.model_copy(update={"port": port, "dequeue_timeout": _LOOKS_EVERY_SECONDS})
        made = make_simulators(here)
        simulators = await _serve_simulators(stack, made, settings, say)
        here = here.model_copy(update={"simulators_port": int(simulators.rsplit(":", 1)[1])})
        runtime = await stack.enter_async_context(running_runtime(here, address))
        await stack.enter_async_context(running_worker(runtime))
        web = await stack.enter_async_context(running_web(runtime, listening))
        headers = {"Authorization": f"Bearer {token}"}
        api = await stack.enter_async_context(aiohttp.ClientSession(web.url, headers=headers))
        control = await stack.enter_async_context(aiohttp.ClientSession(simulators))
        vendors = [one.key for one in made]
        yield Stage(web.url, simulators, token, account, runtime, api, control, vendors)


async def _empty(address: str) -> None:
    """Start from nothing, so that a demo run twice shows the same."""
    url = to_url(address)
    connection = await asyncpg.connect(to_dsn(url.set(database="postgres")))
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{url.database}"')
    finally:
        await connection.close()


async def _serve_simulators(
    stack: AsyncExitStack, simulators: Sequence[Simulator], settings: Settings, say: Say
) -> str:
    port = settings.simulators_port
    try:
        return await stack.enter_async_context(running_simulators(simulators, port=port))
    except OSError:
        if "simulators_port" in settings.model_fields_set:
            raise PortTaken(name="TRAMITA_SIMULATORS_PORT", port=port) from None
        say(f"Port {port} is taken; the simulators get a free one.")
        return await stack.enter_async_context(running_simulators(simulators))


def _listen(settings: Settings, say: Say) -> socket.socket:
    try:
        return listen(settings.host, settings.port)
    except OSError:
        if "port" in settings.model_fields_set:
            raise PortTaken(name="TRAMITA_PORT", port=settings.port) from None
        say(f"Port {settings.port} is taken; Tramita gets a free one.")
        return listen(settings.host, 0)
