"""What GSIM's operator does, and what a reset or a restart leaves."""

from datetime import datetime, timedelta

import pytest

from tests.providers.gsim.simulator.subscriber import Subscriber
from tramita.providers.gsim.simulator.acts import BUTTONS
from tramita.providers.gsim.simulator.digits import luhn_digit
from tramita.providers.gsim.simulator.sims import stock_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

NONSENSE = (
    {"action": "dance"},
    {"actor": "client", "action": "activate"},
    {"action": "set", "activations": "maybe"},
    {"action": "set", "activations": "hold", "mood": "bad"},
    {"action": "activate"},
    {"action": "reject", "iccid": "1"},
    {"action": "unblock_sim"},
    {"action": "bump_list", "brand_id": "b-nobody"},
    {"action": "restart", "memory": "some"},
    {"action": "restart", "iccid": "1"},
    {"action": "bump_list", "memory": False},
    {"action": "sims", "reason": "WANTED"},
    {"action": "sims", "count": "4"},
    {"action": "put_sim"},
    {"action": "turn_clock_back", "span": "a while"},
)


class TestStock:
    async def test_is_listed(self, gsim: Subscriber) -> None:
        """The next SIM cards are named by an act and in the conditions."""
        listed = (await gsim.act("sims", count=4))["sims"]
        await gsim.assign(listed[0])

        conditions = (await gsim.control("GET", "state"))["conditions"]
        active = await gsim.act("sims", state="ACTIVE")

        assert (listed[1:], 999) == (conditions["next_sims"], conditions["sims_in_stock"])
        assert {"state": "ACTIVE", "sims": listed[:1]} == active

    async def test_can_be_added_to_and_taken_from(self, gsim: Subscriber) -> None:
        """A new SIM card is there, a removed one is not; what is none is refused."""
        payload = f"895510{0:012}"
        iccid = payload + luhn_digit(payload)
        put = await gsim.act("put_sim", iccid=iccid)

        again = await gsim.act("put_sim", iccid=iccid)
        wrong = await gsim.act("put_sim", iccid=payload)
        await gsim.act("remove_sim", iccid=iccid)

        assert {"iccid": iccid, "state": "STOCK"} == put
        assert "19 or 20 digits" in again["error"]
        assert "19 or 20 digits" in wrong["error"]
        assert 404 == (await gsim.ask("GET", f"sims/{iccid}")).status

    async def test_loses_what_is_blocked(self, gsim: Subscriber) -> None:
        """The operator blocks the next SIM card and lets it go; the ledger has both."""
        iccid = await gsim.sim()

        blocked = await gsim.act("block_sim")
        freed = await gsim.act("unblock_sim")

        assert {"iccid": iccid, "state": "BLOCKED"} == blocked
        assert {"iccid": iccid, "state": "STOCK"} == freed
        assert ["sim_blocked", "sim_unblocked"] == gsim.effects(iccid)


class TestOperator:
    async def test_does_all_or_nothing(self, gsim: Subscriber) -> None:
        """What makes no sense is refused with what would, and changes nothing."""
        before = await gsim.control("GET", "state")

        for act in NONSENSE:
            answer = await gsim.control("POST", "act", {"actor": "operator", **act})
            assert answer["error"], act
            assert answer["known"], act

        after = await gsim.control("GET", "state")
        assert before["conditions"] == after["conditions"]

    async def test_turns_the_clock_back(self, gsim: Subscriber) -> None:
        """GSIM's time may be behind; what it told before bears a later time then."""
        await gsim.freeze()
        before = (await gsim.control("GET", "clock"))["now"]

        said = await gsim.act("turn_clock_back", span="2m")

        behind = datetime.fromisoformat(before) - datetime.fromisoformat(said["now"])
        assert timedelta(minutes=2) == behind

    async def test_can_press_every_button(self, gsim: Subscriber) -> None:
        """Every button is an act that GSIM knows, possible now or not."""
        for button in BUTTONS:
            answer = await gsim.control("POST", "act", dict(button.act))
            assert "error" not in answer or "there is no SIM card" in answer["error"], button.label


class TestMemory:
    async def test_outlasts_a_restart(self, gsim: Subscriber) -> None:
        """Only faults are gone; with memory everything else is known."""
        iccid = await gsim.sim()
        await gsim.assign(iccid, request_id="r-1")
        await gsim.control("POST", "faults", {"kind": "http_503", "count": None})

        await gsim.act("restart", memory=True)

        assert "ACTIVE" == await gsim.state(iccid)
        assert 200 == (await gsim.ask("GET", "requests/r-1")).status

    async def test_is_lost_in_a_restart_without(self, gsim: Subscriber) -> None:
        """Neither card nor request nor condition is remembered; the ledger still tells."""
        iccid = await gsim.sim()
        await gsim.act("set", activations="fail")
        await gsim.assign(iccid, request_id="r-1")
        await gsim.act("bump_list")

        shown = await gsim.act("restart", memory=False)

        assert ("succeed", "2025-03.1", 1000) == (
            shown["activations"],
            shown["list_version"],
            shown["sims_in_stock"],
        )
        assert 404 == (await gsim.ask("GET", "requests/r-1")).status
        assert ["sim_assigned", "line_rejected"] == gsim.effects(iccid)

    async def test_begins_anew_with_a_reset(self, gsim: Subscriber) -> None:
        """Another seed brings other SIM cards, and nothing has happened."""
        iccid = await gsim.sim()
        await gsim.assign(iccid)

        await gsim.control("POST", "reset", {"seed": 8})

        assert [] == gsim.effects()
        assert next(iter(stock_of(8))) == await gsim.sim() != iccid
