"""A vendor's client in tests of its simulator, as far as all vendors are alike."""

from dataclasses import dataclass
from typing import Any, ClassVar

import aiohttp
import msgspec

from tramita.testing.waiting import until


@dataclass
class VendorClient:
    """Reaches the control plane of the simulator under ``key``; each vendor's client asks more.

    Refusals are answers here, like all else that the control plane says.
    """

    key: ClassVar[str]

    session: aiohttp.ClientSession
    base_url: str

    async def control(self, method: str, path: str, body: object = None) -> Any:
        """Use the control plane."""
        url = f"{self.base_url}/{self.key}/__sim/{path}"
        sent = None if body is None else msgspec.json.encode(body)
        async with self.session.request(method, url, data=sent) as answer:
            raw = await answer.read()
            return msgspec.json.decode(raw) if raw else None

    async def until_posted(self) -> None:
        """Wait until no webhook is due or on its way: what became of each is noted then."""

        async def is_so() -> bool:
            return not (await self.control("GET", "state"))["post"]["is_busy"]

        await until(is_so)

    async def freeze(self) -> None:
        """Let virtual time stand still but for what it is moved by."""
        await self.control("POST", "clock", {"freeze": True})

    async def advance(self, span: str) -> None:
        """Let virtual time pass."""
        await self.control("POST", "clock", {"advance": span})
