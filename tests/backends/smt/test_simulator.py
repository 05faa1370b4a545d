"""SMT on loopback: what it remembers, and what its operator may set."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.kept_simulators import SIMULATORS
from tramita.backends.smt.settings import DEMO_SECRET
from tramita.backends.smt.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings
from tramita.testing.control import VendorControl

BEARER = {"authorization": f"Bearer {DEMO_SECRET}"}
EVA = {"reference": "C-1", "name": "Eva"}


@pytest.fixture
async def smt(tmp_path: Path) -> AsyncIterator[VendorControl]:
    """An SMT of its own."""
    async with (
        running_simulators([SIMULATORS.make(make_simulator, SimulatorSettings(tmp_path))]) as url,
        aiohttp.ClientSession(url) as session,
    ):
        yield VendorControl(session, "smt")


class TestARequest:
    async def test_that_comes_again_is_answered_as_it_was(self, smt: VendorControl) -> None:
        """By its idempotency key; another request under the same key is refused."""
        headers = BEARER | {"idempotency-key": "k-1"}
        statuses = []

        for body in (EVA, EVA, {**EVA, "reference": "C-2"}):
            async with smt.session.post("/smt/subscribers", json=body, headers=headers) as answer:
                statuses.append(answer.status)

        assert [201, 201, 409] == statuses

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"reference": 5}', b"\xff"])
    async def test_that_is_not_understood_is_refused(self, smt: VendorControl, body: bytes) -> None:
        """In SMT's words."""
        async with smt.session.post("/smt/subscribers", data=body, headers=BEARER) as answer:
            said = await answer.json()

        assert (400, "bad_request") == (answer.status, said["code"])


class TestAnOrder:
    @pytest.mark.parametrize(
        "order",
        [
            {"actor": "client", "action": "set", "callbacks": "lost"},
            {"action": "set", "callbacks": "lost"},
            {"actor": "operator", "action": "set", "callbacks": ["lost"]},
            {"actor": "operator", "action": "set", "activations": "fail", "callbacks": "never"},
        ],
    )
    async def test_of_a_wrong_type_or_from_somebody_else_is_refused(
        self, smt: VendorControl, order: dict[str, object]
    ) -> None:
        """None of it is done."""
        async with smt.session.post("/smt/__sim/act", json=order) as answer:
            refused = await answer.json()

        assert (400, True) == (answer.status, "error" in refused)
        shown = await smt.operate("set")
        assert {"subscribers": 0, "activations": "succeed", "callbacks": "once"} == shown
