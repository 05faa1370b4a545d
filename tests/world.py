"""A whole world for a test: the simulators and Tramita, each behind a real socket."""

import asyncio
import copy
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from tests.control import QITechControl
from tests.hastening import hasten
from tests.secrecy import leaks_in_tables
from tramita.demo.together import running_together
from tramita.kit.bounds import ALL_TENANTS
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.findings import Difference
from tramita.kit.http.settings import WebSettings
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.kit.tokens import create_token
from tramita.portability.announcements import topic_of
from tramita.portability.check import check_portability
from tramita.portability.settings import PortabilitySettings
from tramita.testing import waiting
from tramita.testing.control import VendorControl
from tramita.web.scopes import find_scopes

EXAMPLES = Path(__file__).parents[1] / "examples"
# Everything but what is other tenants'.
SCOPES = [scope for scope in find_scopes() if scope != ALL_TENANTS]

# What takes minutes in a lender's day is a matter of moments here. Nobody is asked instead of a
# provider that does not answer: one that has failed often is let alone for longer than a moment.
QUICK = PortabilitySettings(
    ask_after=0.05, not_found_for=0.2, webhook_wait=1.0, outage_wait=600.0, message_pause=0.1
)

# An idle worker looks for delayed jobs this often, so that a retry costs a test little.
DEQUEUE_SECONDS = 0.2

# What the provider calls a proposal under which nothing will be paid.
OVER = {"rejected", "retained", "canceled", "canceled_permanently"}

ALL_DONE = {"message": "all done", "type": "CONTRACTS_PROCESSED"}

_numbers = itertools.count(1)


@dataclass
class Listener:
    """A client's socket; ``messages`` is what it heard so far."""

    socket: aiohttp.ClientWebSocketResponse
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def times_done(self) -> int:
        """How often it heard "all done"."""
        return self.messages.count(ALL_DONE)

    async def until(self, type_: str = "CONTRACTS_PROCESSED", *, deadline: float = 60) -> None:
        """Listen up to and with the next message of this type."""
        async with asyncio.timeout(deadline):
            while True:
                message = await self.socket.receive_json()
                self.messages.append(message)
                if message["type"] == type_:
                    return


@dataclass
class Tramita:
    """Tramita behind a real socket, as partners, clients and operators meet it."""

    url: str
    api: aiohttp.ClientSession

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
        return await self._get(f"/api/detalhe-formalizacao/{token}/")

    async def envelope_view(self, token: str) -> dict[str, Any]:
        """An envelope as its partner sees it."""
        return await self._get(f"/api/v1/envelopes/{token}")

    async def partner_view(self, token: str) -> list[dict[str, Any]]:
        """The contracts of an envelope as its partner sees them."""
        contracts: list[dict[str, Any]] = (await self.envelope_view(token))["contracts"]
        return contracts

    async def hear_something(self, token: str, messages: int) -> None:
        """Listen on an envelope until so many messages came, or its run is over."""
        async with self.listening(token) as listener:
            for _ in range(messages):
                said = await listener.socket.receive_json(timeout=30)
                if said["type"] == "CONTRACTS_PROCESSED":
                    return

    async def operations(self, state: str) -> list[dict[str, Any]]:
        """Outside acts that stand in ``state``."""
        page = await self._get(f"/api/v1/operations?state={state}&limit=200")
        items: list[dict[str, Any]] = page["items"]
        return items

    @asynccontextmanager
    async def listening(self, token: str) -> AsyncIterator[Listener]:
        """A client's socket on an envelope."""
        async with self.api.ws_connect(f"/ws/{token}") as socket:
            yield Listener(socket)

    async def until_done(self, token: str, *, deadline: float = 60) -> list[dict[str, Any]]:
        """Every message of a fresh socket up to and with "all done"."""
        async with self.listening(token) as listener:
            await listener.until(deadline=deadline)
            return listener.messages

    async def _get(self, path: str) -> dict[str, Any]:
        async with self.api.get(path) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
            return found


@dataclass
class World(Tramita):
    """Tramita in this process, and the simulators it talks to."""

    simulators_url: str
    runtime: Runtime
    database: Database
    token: str
    qitech: QITechControl
    sigan: VendorControl
    gsim: VendorControl
    # How many contracts the provider answers about so that nobody can verify them.
    unverifiable: int = 0

    async def announced(self, token: str) -> list[int]:
        """The runs of an envelope that were announced."""
        rows = await self.fetch(
            "SELECT a.run FROM envelope_announcements AS a JOIN envelopes AS e "
            "ON e.id = a.envelope_id WHERE e.token = $1 ORDER BY a.run",
            UUID(token),
        )
        return [row["run"] for row in rows]

    async def alive(self) -> Counter[str]:
        """How many proposals live at the provider, by contract number, as its ledger has it."""
        last = {
            row["data"]["proposal_key"]: row
            for row in await self.qitech.effects()
            if row["effect"].startswith("proposal_")
        }
        living = [one for one in last.values() if one["data"]["proposal_status"] not in OVER]
        return Counter(one["subject"] for one in living)

    async def until_at_rest(self, *, deadline: float = 60) -> None:
        """Wait until no outside act is left to do; what waits to be sent again goes at once."""

        async def is_so() -> bool:
            await self.hasten()
            [row] = await self.fetch(
                "SELECT count(*) AS n FROM operations "
                "WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN')"
            )
            return bool(row["n"] == 0)

        await until(is_so, deadline=deadline)

    async def advance(self, span: timedelta) -> None:
        """Move everybody's time forward: the platform's and the providers'.

        Sigan's first: a hold that is over here is over there.
        """
        seconds = f"{span.total_seconds():.0f}s"
        await self.sigan.advance(seconds)
        async with self.database.unit_of_work(actor="test") as work:
            await advance_clock(work, self.runtime.settings, span)
        for vendor in (self.qitech, self.gsim):
            await vendor.advance(seconds)

    async def hasten(self) -> None:
        """Let the time of what waits to be sent again, or to be asked about, come now."""
        async with self.database.unit_of_work(actor="test") as work:
            await hasten(work)

    async def until_attempts(self, operation: UUID, attempts: int) -> None:
        """Wait until an operation was attempted so often, and settled."""

        async def is_so() -> bool:
            [row] = await self.fetch(
                "SELECT attempts, state FROM operations WHERE id = $1", operation
            )
            return bool(row["attempts"] == attempts and row["state"] != "SENT")

        await until(is_so)

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Run one statement."""
        async with self.database.unit_of_work(actor="test") as work:
            return list(await work.fetch(query, *arguments))

    async def ends(self) -> list[str]:
        """By which triggers insertions ended without a proposal."""
        rows = await self.fetch(
            "SELECT h.trigger FROM history AS h JOIN operations AS o ON o.id = h.subject_id "
            "WHERE h.to_state = 'REFUSED' AND o.kind = 'portability.insert_proposal' ORDER BY h.id"
        )
        return [row["trigger"] for row in rows]

    async def end_well(self) -> None:
        """Let everything come to its end; what portability promises holds then.

        Nothing that was kept to be read tells who a client is or how to act as one of us.
        """
        await self.qitech.delay(0)
        await self.qitech.act(query_by_contract_number=True)
        await self.until_at_rest()
        assert [] == await self.broken()
        assert [] == await leaks_in_tables(self.database)

    async def hear_out(self, token: str, listener: Listener) -> None:
        """Let a listener hear everything that was said on its envelope until now."""
        async with self.database.unit_of_work(actor="test") as work:
            work.publish(topic_of(UUID(token)), {"type": "MARK"})
        await listener.until("MARK")

    async def broken(self) -> list[str]:
        """Whatever breaks an invariant of portability, or could not be verified."""
        return [
            f"{one.invariant} {difference.subject}: {difference.sentence}"
            for one in await check_portability(self.runtime)
            for difference in (
                *one.differences,
                *[Difference(f"{one.not_verified}", "not verified")]
                * (one.not_verified > self.unverifiable),
            )
        ]


# Ask again and again, each time over a socket, until it is so.
until = waiting.until


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
    database: Database,
    url: str,
    data_dir: Path,
    portability: PortabilitySettings = QUICK,
    **settings: Any,
) -> AsyncIterator[World]:
    """The world on an empty, migrated database; everything ends with the block."""
    settings = {"dequeue_timeout": DEQUEUE_SECONDS, **settings}
    own = Settings(data_dir=data_dir, mode=Mode.DEMO, port=0, simulators_port=0, **settings)
    # One address is all clients here.
    unlimited = WebSettings(requests_per_second=0, sockets_per_address=0)
    async with database.unit_of_work() as work:
        token = await create_token(work, "test", SCOPES)
    async with (
        running_together(own, url, portability, unlimited) as together,
        aiohttp.ClientSession(together.url, headers={"Authorization": f"Bearer {token}"}) as api,
        aiohttp.ClientSession(together.simulators_url) as control,
    ):
        yield World(
            together.url,
            api,
            together.simulators_url,
            together.runtime,
            database,
            token,
            QITechControl(control),
            VendorControl(control, "sigan"),
            VendorControl(control, "gsim"),
        )
