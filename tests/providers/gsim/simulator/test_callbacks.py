"""GSIM's callbacks, as the subscriber's server receives and verifies them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.kept_simulators import SIMULATORS
from tests.providers.gsim.simulator.subscriber import NUMBER, Subscriber, is_authentic
from tests.simulation.receiver import Received, Receiver, running_receiver
from tramita.providers.gsim.simulator import make_simulator
from tramita.simulation.server import running_simulators
from tramita.simulation.settings import SimulatorSettings


def told(received: list[Received]) -> list[str]:
    """The types of callbacks in the order in which they came."""
    return [one.document["type"] for one in received]


pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestCallbacks:
    async def test_tell_of_an_activation_signed(self, gsim: Subscriber, receiver: Receiver) -> None:
        """ACTIVATED comes with the ids of the answer, at GSIM's time, signed over its bytes."""
        iccid = await gsim.sim()
        accepted = (await gsim.assign(iccid)).body

        [received] = await receiver.until(1)
        body = received.document

        assert is_authentic(received)
        assert {
            "eventId": body["eventId"],
            "type": "ACTIVATED",
            "assignmentId": accepted["assignmentId"],
            "iccid": iccid,
            "msisdn": NUMBER,
            "at": body["at"],
        } == body

    async def test_tell_of_a_rejection_and_why(self, gsim: Subscriber, receiver: Receiver) -> None:
        """REJECTED names a reason: the network's, or the operator's."""
        iccid = await gsim.sim()
        await gsim.act("set", activations="fail")
        await gsim.assign(iccid)
        await gsim.act("set", activations="hold")
        await gsim.assign(iccid)
        await gsim.act("reject", reason="NO_COVERAGE")

        received = await receiver.until(2)

        assert [("REJECTED", "NETWORK_REFUSED"), ("REJECTED", "NO_COVERAGE")] == [
            (one.document["type"], one.document["reason"]) for one in received
        ]

    async def test_tell_of_an_end(self, gsim: Subscriber, receiver: Receiver) -> None:
        """DEACTIVATED follows, under an event id of its own."""
        iccid = await gsim.sim()
        await gsim.assign(iccid)
        await gsim.release(iccid)

        received = await receiver.until(2)

        assert ["ACTIVATED", "DEACTIVATED"] == told(received)
        assert 2 == len({one.document["eventId"] for one in received})
        assert 1 == len({one.document["assignmentId"] for one in received})

    async def test_are_sent_again_as_they_were(self, gsim: Subscriber, receiver: Receiver) -> None:
        """What was not taken comes again a minute later, the same event."""
        receiver.statuses = [503]
        await gsim.assign(await gsim.sim())
        await receiver.until(1)
        await gsim.until_posted()
        await gsim.advance("1m")

        first, second = await receiver.until(2)

        assert first.body == second.body
        assert is_authentic(second)

    async def test_go_where_the_request_says(self, gsim: Subscriber, receiver: Receiver) -> None:
        """``callbackUrl`` is where callbacks go from then on."""
        url, iccid = receiver.url, await gsim.sim()
        await gsim.control("POST", "webhooks", {"url": None})

        await gsim.ask("POST", f"sims/{iccid}/assignments", {"msisdn": NUMBER, "callbackUrl": url})
        await gsim.release(iccid)

        assert ["ACTIVATED", "DEACTIVATED"] == told(await receiver.until(2))


@pytest_asyncio.fixture(loop_scope="module")
async def configured(tmp_path: Path) -> AsyncIterator[tuple[Subscriber, Receiver]]:
    """A GSIM whose settings name the subscriber, the token and the secret."""
    async with running_receiver("/webhooks/gsim") as receiver:
        settings = SimulatorSettings(
            keys_directory=tmp_path,
            credentials={"gsim": "T", "gsim-callbacks": "S"},
            webhooks_to=receiver.url.removesuffix("/webhooks/gsim"),
        )
        simulator = SIMULATORS.make(make_simulator, settings)
        async with running_simulators([simulator]) as url, aiohttp.ClientSession() as session:
            yield Subscriber(session, url, simulator, token="T"), receiver


class TestSettings:
    async def test_name_subscriber_token_and_secret(
        self, configured: tuple[Subscriber, Receiver]
    ) -> None:
        """Callbacks go to the platform's path, signed with another secret than the demo's."""
        gsim, receiver = configured
        await gsim.assign(await gsim.sim())

        [received] = await receiver.until(1)

        assert "ACTIVATED" == received.document["type"]
        assert not is_authentic(received)


class TestDisorder:
    async def fail(self, gsim: Subscriber, kind: str, **match: str) -> None:
        """Lead one callback astray."""
        order: dict[str, Any] = {"operation": "webhook", "kind": kind, "match": match}
        assert "id" in await gsim.control("POST", "faults", order)

    async def test_loses_one(self, gsim: Subscriber, receiver: Receiver) -> None:
        """What is lost never comes, and what follows does."""
        iccid = await gsim.sim()
        await self.fail(gsim, "webhook_lost", iccid=iccid, type="ACTIVATED")
        await gsim.assign(iccid)
        await gsim.release(iccid)

        assert ["DEACTIVATED"] == told(await receiver.until(1))
        assert ["sim_assigned", "line_activated", "sim_released"] == gsim.effects(iccid)

    @pytest.mark.parametrize("kind", ["webhook_duplicate", "webhook_replayed"])
    async def test_brings_one_twice(self, gsim: Subscriber, receiver: Receiver, kind: str) -> None:
        """The same event comes again, at once or a day later, as well signed as before."""
        await self.fail(gsim, kind, msisdn=NUMBER)
        await gsim.assign(await gsim.sim())
        await receiver.until(1)
        await gsim.control("POST", "clock", {"advance": "1d"})

        first, second = await receiver.until(2)

        assert first.body == second.body
        assert is_authentic(second)

    async def test_brings_one_too_late(self, gsim: Subscriber, receiver: Receiver) -> None:
        """ACTIVATED on its way for an hour comes after DEACTIVATED: late after cancel."""
        iccid = await gsim.sim()
        await self.fail(gsim, "webhook_delayed", type="ACTIVATED")
        await gsim.assign(iccid)
        await gsim.release(iccid)
        await receiver.until(1)
        await gsim.control("POST", "clock", {"advance": "1h"})

        assert ["DEACTIVATED", "ACTIVATED"] == told(await receiver.until(2))
        assert "STOCK" == await gsim.state(iccid)

    async def test_brings_two_in_the_wrong_order(
        self, gsim: Subscriber, receiver: Receiver
    ) -> None:
        """A reordered callback waits for the next of its SIM card."""
        iccid = await gsim.sim()
        await self.fail(gsim, "webhook_reordered")
        await gsim.assign(iccid)
        await gsim.release(iccid)

        assert ["DEACTIVATED", "ACTIVATED"] == told(await receiver.until(2))

    async def test_tells_of_a_line_after_its_end(
        self, gsim: Subscriber, receiver: Receiver
    ) -> None:
        """``callback_after_cancel``: DEACTIVATED, then an ACTIVATED that never was."""
        iccid = await gsim.sim()
        await gsim.act("set", activations="hold")
        await gsim.assign(iccid)
        await gsim.fail("release_sim", "callback_after_cancel")
        await gsim.release(iccid)

        received = await receiver.until(2)

        assert ["DEACTIVATED", "ACTIVATED"] == told(received)
        assert all(map(is_authentic, received))
        assert ["sim_assigned", "sim_released"] == gsim.effects(iccid)

    async def test_tells_of_no_line_when_none_ended(
        self, gsim: Subscriber, receiver: Receiver
    ) -> None:
        """On another call, or one that was refused, ``callback_after_cancel`` does nothing."""
        iccid = await gsim.sim()
        await gsim.fail("release_sim", "callback_after_cancel")
        await gsim.fail("assign_sim", "callback_after_cancel")
        await gsim.ask("DELETE", "sims/1/assignments")
        await gsim.assign(iccid)
        await gsim.release(iccid)

        assert ["ACTIVATED", "DEACTIVATED"] == told(await receiver.until(2))

    async def test_forges_one(self, gsim: Subscriber, receiver: Receiver) -> None:
        """A stranger's callback does not stand the test."""
        await self.fail(gsim, "webhook_forged")
        await gsim.assign(await gsim.sim())

        [received] = await receiver.until(1)

        assert not is_authentic(received)

    async def test_tells_of_nobody(self, gsim: Subscriber, receiver: Receiver) -> None:
        """One more comes of a SIM card and an assignment that do not exist."""
        await self.fail(gsim, "webhook_unknown_key")
        await gsim.assign(await gsim.sim())

        received = await receiver.until(2)
        iccids = {one.document["iccid"] for one in received}

        assert 2 == len(iccids) == len({one.document["assignmentId"] for one in received})
        assert all(map(is_authentic, received))
        states = [(await gsim.ask("GET", f"sims/{iccid}")).status for iccid in iccids]
        assert [200, 404] == sorted(states)
