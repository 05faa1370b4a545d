"""An installation of real processes: where it is, what each is started with, when it is ready."""

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.keys import keys_of_the_run


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


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
