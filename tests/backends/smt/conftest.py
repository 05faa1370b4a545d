"""Fixtures: Tramita with an SMT behind it, each behind a real socket."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from tests.installed import free_port
from tests.world import until
from tramita.backends.smt.plugin import make_backend
from tramita.backends.smt.settings import SMTSettings
from tramita.contracts.backends import install_backend, load_backends
from tramita.contracts.model import Contract
from tramita.contracts.service import NewContract, cancel_contract, create_contract
from tramita.contracts.story import get_timeline
from tramita.demo.together import running_together
from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.database.records import get_one
from tramita.kit.settings import Settings

SETTLED = {"SUCCEEDED", "REFUSED"}


@dataclass
class SMTWorld:
    """Tramita, and the control plane of its SMT."""

    url: str
    database: Database
    smt: aiohttp.ClientSession

    async def create(self, tenant: str = HOUSE) -> UUID:
        """A contract for SMT."""
        async with self.database.within(Bounds(tenant)).unit_of_work() as work:
            return (await create_contract(work, NewContract("C-1", "smt"))).id

    async def cancel(self, contract_id: UUID) -> None:
        """Cancel it."""
        async with self.database.unit_of_work() as work:
            await cancel_contract(work, contract_id, "moved away")

    async def read(self, contract_id: UUID) -> Contract:
        """The contract as it is now."""
        async with self.database.session() as session:
            return await get_one(session, Contract, contract_id)

    async def until(self, contract_id: UUID, status: str, *, deadline: float = 60) -> Contract:
        """The contract as soon as SMT's word on it is ``status``."""

        async def is_so() -> bool:
            record = (await self.read(contract_id)).backend_record
            return bool(record.get("status") == status)

        await until(is_so, deadline=deadline)
        return await self.read(contract_id)

    async def until_settled(self, contract_id: UUID, *, deadline: float = 60) -> Contract:
        """The contract as soon as it has operations and none of them is under way."""

        async def is_so() -> bool:
            async with self.database.unit_of_work() as work:
                rows = await work.fetch(
                    "SELECT state, (SELECT count(*) FROM pgqueuer) AS jobs FROM operations "
                    "WHERE subject_id = $1",
                    contract_id,
                )
            is_idle = bool(rows) and not rows[0]["jobs"]
            return is_idle and {row["state"] for row in rows} <= SETTLED

        await until(is_so, deadline=deadline)
        return await self.read(contract_id)

    async def until_told(self, contract_id: UUID, times: int) -> None:
        """Wait until so many of SMT's callbacks about a contract have been read."""

        async def is_so() -> bool:
            return len(await self.causes(contract_id, "received")) >= times

        await until(is_so)

    async def causes(self, contract_id: UUID, what: str) -> list[str | None]:
        """Why something happened to the contract, each time it did."""
        async with self.database.unit_of_work() as work:
            told = await get_timeline(work, contract_id)
        return [entry.cause for entry in told.entries if entry.what == what]

    async def effects(self, contract_id: UUID) -> list[str]:
        """What really happened at SMT."""
        async with self.smt.get(f"__sim/ledger?subject={contract_id}") as answer:
            return [row["effect"] for row in (await answer.json())["items"]]

    async def set(self, **conditions: str) -> None:
        """Let SMT's operator change how it is today."""
        order = {"actor": "operator", "action": "set", **conditions}
        async with self.smt.post("__sim/act", json=order) as answer:
            assert answer.status < 300, await answer.text()

    async def fail(self, operation: str, kind: str, **fault: Any) -> None:
        """Make one of SMT's operations fail once."""
        order = {"operation": operation, "kind": kind, "count": 1, **fault}
        async with self.smt.post("__sim/faults", json=order) as answer:
            assert 201 == answer.status, await answer.text()


@pytest.fixture
def original_backend() -> Iterator[None]:
    """Leave the process with the plugin as it was installed."""
    yield
    install_backend(load_backends().loaded["smt"])


@pytest.fixture
async def smt_world(
    database: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    original_backend: None,  # noqa: ARG001 - used for what it does at the end
) -> AsyncIterator[SMTWorld]:
    """Web, worker and SMT, talking over HTTP in both directions."""
    # The plugin is installed with SMT's address, before there is an SMT.
    port = free_port()
    smt = f"http://127.0.0.1:{port}/smt/"
    monkeypatch.setenv("TRAMITA_SMT_URL", smt)
    monkeypatch.setenv("TRAMITA_SMT_ASK_AGAIN", "0.2")
    load_backends()
    install_backend(make_backend(SMTSettings()))
    settings = Settings(data_dir=tmp_path, port=0, simulators_port=port)
    async with (
        running_together(settings, database_url, vendors={"smt"}) as together,
        aiohttp.ClientSession(smt) as control,
    ):
        yield SMTWorld(together.url, database, control)
