"""An installation of real processes: where it is, what each is started with, when it is ready."""

import asyncio
import errno
import fcntl
import os
import socket
import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import aiohttp

from tests.keys import keys_of_the_run

# Whoever asks for any port is given a higher one.
_PORTS: Final = range(20_000, 32_000)
_next_ports: Final = islice(cycle(_PORTS), os.getpid() * 100 % len(_PORTS), None)
_FOLDER: Final = Path(tempfile.gettempdir()) / f"tramita-test-ports-{os.getuid()}"
# Ports are ours while their files are locked, for longer than a test takes.
_ours: deque[int] = deque()
_MOST: Final = 50


def free_port() -> int:
    """A port for a process that has yet to start: nobody listens there, nor is given it meanwhile."""
    _FOLDER.mkdir(exist_ok=True)
    for port in islice(_next_ports, len(_PORTS)):
        file = os.open(_FOLDER / f"{port}", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as listening:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listening.bind(("127.0.0.1", port))
        except OSError:
            os.close(file)
            continue
        _ours.append(file)
        if len(_ours) > _MOST:
            os.close(_ours.popleft())
        return port
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


@dataclass(frozen=True)
class Place:
    """A demonstration's folder and ports; ``address`` is its database's, empty: the folder's own."""

    folder: Path
    address: str
    port: int = field(default_factory=free_port)
    simulators_port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Where Tramita answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulators_url(self) -> str:
        """Where the outside world answers."""
        return f"http://127.0.0.1:{self.simulators_port}"

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """What each process is started with; ``settings`` are named without ``TRAMITA_``."""
        named = {
            "MODE": "demo",
            "DATABASE_URL": self.address,
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "SIMULATORS_PORT": str(self.simulators_port),
            # One address is all partners and clients here.
            "WEB_REQUESTS_PER_SECOND": "0",
            "WEB_SOCKETS_PER_ADDRESS": "0",
            **settings,
        }
        return {
            **{name: value for name, value in os.environ.items() if "TRAMITA_" not in name},
            **keys_of_the_run(),
            **{f"TRAMITA_{name}": value for name, value in named.items()},
        }


class ProcessEnded(RuntimeError):
    """A process of the installation ended before it was ready."""


async def until_ready(
    url: str, *, within: float, has_ended: Callable[[], bool] = lambda: False
) -> None:
    """Ask until the answer is 200; raises ``ProcessEnded`` when nobody will answer any more."""
    async with asyncio.timeout(within), aiohttp.ClientSession() as session:
        while not has_ended():
            with suppress(aiohttp.ClientError):
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), 0.05)
    raise ProcessEnded
