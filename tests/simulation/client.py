"""A vendor's client in tests of its simulator, as far as all vendors are alike."""

from dataclasses import dataclass
from typing import Any, ClassVar

import aiohttp
import msgspec


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

    async def advance(self, span: str) -> None:
        """Let virtual time pass."""
        await self.control("POST", "clock", {"advance": span})
