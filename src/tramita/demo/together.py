"""All of Tramita and its outside world in one process, on real sockets: for the demo and for tests."""

import socket
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pydantic_settings import BaseSettings

from tramita.kit.errors import ConfigurationError
from tramita.kit.lines import reporting
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.process.runtime import running_runtime
from tramita.process.worker import running_worker
from tramita.simulation.server import running_simulators
from tramita.simulation.simulator import Simulator
from tramita.web.server import listen, running_web
from tramita.web.simulators import make_simulators

Say = Callable[[str], None]


class PortTaken(ConfigurationError):
    """{name} asks for port {port}, which something else listens on."""


@dataclass(frozen=True)
class Together:
    """Where everything answers, and the outside world that is there."""

    url: str
    simulators_url: str
    runtime: Runtime
    simulators: Sequence[Simulator]


@asynccontextmanager
async def running_together(
    settings: Settings,
    address: str,
    *configured: BaseSettings,
    say: Say = print,
    vendors: Collection[str] | None = None,
    is_working: bool = True,
) -> AsyncIterator[Together]:
    """Simulators, worker and web on a migrated database; all of it ends with the block.

    They listen on the ports of ``settings``, or on free ones where those are usual and taken;
    a port that was asked for and is taken raises ``PortTaken``. ``configured`` are settings
    of areas that take the place of the environment's. ``vendors`` are the keys of those that
    are simulated, ``None``: all; where it is not ``is_working``, no worker runs the jobs.
    """
    async with AsyncExitStack() as stack:
        listening = _listen(settings, say)
        stack.callback(listening.close)
        # Simulators post their webhooks to the port that Tramita really has.
        here = settings.model_copy(update={"port": listening.getsockname()[1]})
        made = make_simulators(here, vendors)
        simulators = await _serve_simulators(stack, made, settings, say)
        here = here.model_copy(update={"simulators_port": int(simulators.rsplit(":", 1)[1])})
        runtime = await stack.enter_async_context(running_runtime(here, address))
        for own in configured:
            runtime.configure(own)
        await stack.enter_async_context(reporting(runtime.database, runtime.exchanges))
        if is_working:
            await stack.enter_async_context(running_worker(runtime))
        web = await stack.enter_async_context(running_web(runtime, listening))
        yield Together(web.url, simulators, runtime, made)


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
