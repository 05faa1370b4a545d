"""A whole world for a test: the simulators and Tramita, each behind a real socket."""

import copy
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tramita.kit.database.engine import Database
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.tokens import create_token
from tramita.simulation.server import running_simulators
from tramita.web.process import listen, running_runtime, running_web, running_worker
from tramita.web.simulators import make_simulators

EXAMPLES = Path(__file__).parents[1] / "examples"
SCOPES = [
    "envelopes:read",
    "envelopes:write",
    "contracts:read",
    "contracts:write",
    "catalog:write",
    "operations:read",
]

_numbers = itertools.count(1)


@dataclass
class QITechControl:
    """The simulator's control plane."""

    session: aiohttp.ClientSession

    async def fail(self, kind: str, **fault: Any) -> None:
        """Make ``create_proposal`` fail as ``kind`` says; ``match=…``, ``count=…`` narrow it."""
        body = {"operation": "create_proposal", "kind": kind, **fault}
        async with self.session.post("/qitech/__sim/faults", json=body) as answer:
            assert answer.status == 201, await answer.text()

    async def delay(self, milliseconds: int) -> None:
        """Let every answer take this long."""
        body = {"kind": "fixed", "milliseconds": milliseconds}
        async with self.session.post("/qitech/__sim/latency", json=body) as answer:
            assert answer.status < 300, await answer.text()

    async def ledger(self, effect: str = "proposal_created") -> list[dict[str, Any]]:
        """What really took effect at the provider."""
        async with self.session.get("/qitech/__sim/ledger") as answer:
            rows = (await answer.json())["items"]
        return [row for row in rows if row["effect"] == effect]


@dataclass
class World:
    """Tramita at ``url`` and the simulators it talks to."""

    url: str
    simulators_url: str
    runtime: Runtime
    database: Database
    token: str
    api: aiohttp.ClientSession
    qitech: QITechControl

    async def make_envelope(self, body: dict[str, Any] | None = None) -> str:
        """Create an envelope over HTTP; answers its token."""
        async with self.api.post("/api/v1/envelopes", json=body or envelope()) as answer:
            assert answer.status == 201, await answer.text()
            token: str = (await answer.json())["token"]
            return token

    async def send_link(self, token: str) -> dict[str, Any]:
        """Request the formalisation link."""
        path = "/api/contratos/formalizacao/enviar-link/"
        async with self.api.post(path, json={"token": token}) as answer:
            assert answer.status == 200, await answer.text()
            sent: dict[str, Any] = await answer.json()
            return sent

    async def details(self, token: str) -> dict[str, Any]:
        """What the client's page asks for."""
        async with self.api.get(f"/api/detalhe-formalizacao/{token}/") as answer:
            assert answer.status == 200, await answer.text()
            details: dict[str, Any] = await answer.json()
            return details

    async def until_done(self, token: str, *, deadline: float = 30) -> list[dict[str, Any]]:
        """Every message of a fresh socket up to and with "all done"."""
        messages = []
        async with self.api.ws_connect(f"/ws/{token}") as socket:
            while True:
                message = await socket.receive_json(timeout=deadline)
                messages.append(message)
                if message["type"] == "CONTRACTS_PROCESSED":
                    return messages


def envelope(*, portabilities: int | None = None) -> dict[str, Any]:
    """The example envelope with numbers of its own; or one with so many portabilities."""
    body: dict[str, Any] = json.loads((EXAMPLES / "envelope.json").read_text())
    if portabilities is not None:
        body["contracts"] = [copy.deepcopy(body["contracts"][0]) for _ in range(portabilities)]
    for contract in body["contracts"]:
        number = next(_numbers)
        contract["contract_number"] = f"T-{number:06}"
        if contract.get("origin"):
            contract["origin"]["contract_number"] = f"O-{number:06}"
    return body


@asynccontextmanager
async def running_world(
    database: Database, url: str, data_dir: Path, **settings: Any
) -> AsyncIterator[World]:
    """The world on an empty, migrated database; everything ends with the block."""
    async with AsyncExitStack() as stack:
        base = Settings(data_dir=data_dir, mode="demo", **settings)
        simulators = await stack.enter_async_context(running_simulators(make_simulators(base)))
        here = base.model_copy(update={"simulators_port": int(simulators.rsplit(":", 1)[1])})
        async with database.unit_of_work() as work:
            token = await create_token(work, "test", SCOPES)
        runtime = await stack.enter_async_context(running_runtime(here, url))
        await stack.enter_async_context(running_worker(runtime))
        web = await stack.enter_async_context(running_web(runtime, listen("127.0.0.1", 0)))
        api = await stack.enter_async_context(
            aiohttp.ClientSession(web.url, headers={"Authorization": f"Bearer {token}"})
        )
        control = await stack.enter_async_context(aiohttp.ClientSession(simulators))
        yield World(
            web.url, simulators, runtime, database, token, api, QITechControl(control)
        )
