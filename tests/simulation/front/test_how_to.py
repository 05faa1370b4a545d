"""The simulator that the how-to has written, as it stands there."""

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings

HOW_TO = Path(__file__).parents[3] / "docs/how-to/write-a-simulator.md"
BEARER = {"authorization": "Bearer acme-demonstration"}


@pytest.fixture(name="written")
def written_simulator() -> dict[str, Any]:
    """What the code of the how-to defines."""
    [code] = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(HOW_TO), "exec"), names)
    return names


class TestWriteASimulator:
    async def test_works_as_it_says(self, written: dict[str, Any], tmp_path: Path) -> None:
        """An order is placed once for each id, found, refused to strangers, and in the ledger."""
        simulator = written["make_simulator"](SimulatorSettings(tmp_path))
        async with running_simulators([simulator]) as url, aiohttp.ClientSession(url) as session:
            said = []
            for headers in (BEARER | {"x-request-id": "1"}, BEARER | {"x-request-id": "1"}, {}):
                async with session.post(
                    "/acme/v1/orders", json={"reference": "C-1"}, headers=headers
                ) as answer:
                    said.append((answer.status, (await answer.json()).get("order_id")))
            async with session.get("/acme/v1/orders/O-1", headers=BEARER) as answer:
                found = await answer.json()

        assert [(201, "O-1"), (201, "O-1"), (401, None)] == said
        assert {"order_id": "O-1", "reference": "C-1"} == found
        assert ["C-1"] == [row.subject for row in simulator.world.ledger.rows()]

    async def test_fails_as_it_says(self, written: dict[str, Any], tmp_path: Path) -> None:
        """A fault may match what a task says of itself; a restart without memory forgets."""
        simulator = written["make_simulator"](SimulatorSettings(tmp_path))
        fault = {"kind": "http_503", "match": {"reference": "C-1"}, "count": None}
        restart = {"actor": "operator", "action": "restart", "memory": False}
        async with running_simulators([simulator]) as url, aiohttp.ClientSession(url) as session:
            statuses = []
            async with session.post("/acme/__sim/faults", json=fault) as answer:
                assert 201 == answer.status
            for reference in ("C-1", "C-2"):
                body = {"reference": reference}
                async with session.post("/acme/v1/orders", json=body, headers=BEARER) as answer:
                    statuses.append(answer.status)
            async with session.post("/acme/__sim/act", json=restart) as answer:
                assert 200 == answer.status
            async with session.get("/acme/v1/orders/O-1", headers=BEARER) as answer:
                statuses.append(answer.status)

        assert [503, 201, 404] == statuses
