"""What a partner and a client's browser do, over HTTP and WebSocket."""

import copy
import itertools
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from stdnum.br import cpf

EXAMPLE = Path(__file__).parents[1] / "examples" / "envelope.json"
DEADLINE = 300.0

_numbers = itertools.count(1)
_people = itertools.count(123_456_789)


def make_envelope(contracts: int, *, prefix: str = "B") -> dict[str, Any]:
    """An envelope of so many portabilities, every number in it used once.

    Each is another client's: requests of the same one wait for each other.
    """
    body: dict[str, Any] = json.loads(EXAMPLE.read_text())
    body["customer"]["cpf"] = _document(next(_people))
    body["contracts"] = [copy.deepcopy(body["contracts"][0]) for _ in range(contracts)]
    for contract in body["contracts"]:
        number = next(_numbers)
        contract["contract_number"] = f"{prefix}-{number:07}"
        contract["origin"]["contract_number"] = f"{prefix}-O-{number:07}"
    return body


def _document(number: int) -> str:
    """A CPF: nine digits and the two that check them."""
    return next(filter(cpf.is_valid, (f"{number:09}{check:02}" for check in range(100))))


@dataclass
class Client:
    """``url`` is Tramita's; ``simulators_url`` the outside world's."""

    url: str
    simulators_url: str
    token: str
    session: aiohttp.ClientSession = field(init=False)

    async def __aenter__(self) -> Self:
        """Open the connections."""
        self.session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self.token}"},
            connector=aiohttp.TCPConnector(limit=0),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close them."""
        await self.session.close()

    async def set_latency(self, milliseconds: int) -> None:
        """Let the provider answer after this long."""
        body = {"kind": "fixed", "milliseconds": milliseconds}
        await self._post(f"{self.simulators_url}/qitech/__sim/latency", body)

    async def set_webhooks(self, *, is_on: bool) -> None:
        """Let the provider tell of every proposal it creates, or of nothing."""
        url = f"{self.url}/webhooks/qitech" if is_on else None
        await self._post(f"{self.simulators_url}/qitech/__sim/webhooks", {"url": url})

    async def create_envelope(self, contracts: int) -> str:
        """Save an envelope; answers its token."""
        token: str = (await self._post(f"{self.url}/api/v1/envelopes", make_envelope(contracts)))[
            "token"
        ]
        return token

    async def send_link(self, token: str) -> None:
        """Request the link, which starts the run."""
        await self._post(f"{self.url}/api/contratos/formalizacao/enviar-link/", {"token": token})

    async def connect(self, token: str) -> aiohttp.ClientWebSocketResponse:
        """A socket that waits for the envelope, as the client's page opens one."""
        return await self.session.ws_connect(f"{self.url}/ws/{token}", autoping=True)

    async def _post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.session.post(url, json=body) as answer:
            text = await answer.text()
            if answer.status >= 300:
                raise RuntimeError(f"{url}: {answer.status} {text[:500]}")
            answered: dict[str, Any] = json.loads(text) if text else {}
            return answered


async def until_done(socket: aiohttp.ClientWebSocketResponse) -> float:
    """When "all done" came in, as real time in seconds."""
    while True:
        message = await socket.receive_json(timeout=DEADLINE)
        if message["type"] == "CONTRACTS_PROCESSED":
            return time.time()
