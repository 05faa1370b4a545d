"""Where the demo's mail server is: the simulators' mailbox says its port."""

import time
from dataclasses import dataclass
from typing import Final

import aiohttp

from tramita.kit.settings import Settings

_PATIENCE: Final = aiohttp.ClientTimeout(total=5)
_STAYS: Final = 5.0


@dataclass
class DemoMailbox:
    """The simulated mail server; none in production. It stays where it is while the simulators run."""

    settings: Settings
    _port: int = 0
    _until: float = 0.0

    async def find(self) -> tuple[str, int] | None:
        """Where it is, asked again every few seconds."""
        if not self.settings.is_demo:
            return None
        if time.monotonic() > self._until:
            self._port, self._until = await self._ask(), time.monotonic() + _STAYS
        return ("127.0.0.1", self._port) if self._port else None

    async def _ask(self) -> int:
        url = f"http://127.0.0.1:{self.settings.simulators_port}/mailbox/smtp"
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.get(url) as said,
            ):
                return int((await said.json())["port"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
            return 0
