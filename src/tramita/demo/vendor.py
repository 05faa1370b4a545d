"""The control plane of one vendor's simulator, as the demo's scenes use it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from tramita.demo.partner import read_answer

_EVERYTHING = 10_000


@dataclass(frozen=True)
class Vendor:
    """``key`` is the vendor's; ``session`` talks to all simulators."""

    session: aiohttp.ClientSession
    key: str

    async def fail(self, operation: str, kind: str, **more: Any) -> None:
        """Have one kind of call, or of webhook, go wrong."""
        await self.order("faults", {"operation": operation, "kind": kind, **more})

    async def mend(self) -> None:
        """Let nothing go wrong any more."""
        async with self.session.delete(f"/{self.key}/__sim/faults") as answer:
            answer.raise_for_status()

    async def delay(self, milliseconds: int) -> None:
        """Let every answer take this long."""
        await self.order("latency", {"kind": "fixed", "milliseconds": milliseconds})

    async def act(self, actor: str, action: str, **more: Any) -> dict[str, Any]:
        """Have somebody there do something."""
        return await self.order("act", {"actor": actor, "action": action, **more})

    async def ledger(self) -> list[dict[str, Any]]:
        """What really took effect there."""
        return await self._items("ledger")

    async def journal(self) -> list[dict[str, Any]]:
        """What was asked there, and answered."""
        return await self._items(f"journal?limit={_EVERYTHING}")

    async def order(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post an order."""
        async with self.session.post(f"/{self.key}/__sim/{path}", json=body) as answer:
            return await read_answer(answer)

    async def _items(self, path: str) -> list[dict[str, Any]]:
        async with self.session.get(f"/{self.key}/__sim/{path}") as answer:
            items: list[dict[str, Any]] = (await read_answer(answer))["items"]
            return items
