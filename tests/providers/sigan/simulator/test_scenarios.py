import aiohttp
import pytest

from tests.providers.sigan.simulator.caller import Caller, msisdns
from tramita.providers.sigan.simulator.scenarios import SCENARIOS

NAMES = (
    *("happy", "stock-out-ddd", "slow-sigan", "flaky-5pct", "brownout-then-recover"),
    *("crash-after-reserve", "split-brain-stock", "stale-release", "previous-race"),
    "port-return",
)


async def play(caller: Caller, name: str) -> None:
    """Begin a scenario, but let Sigan answer at once."""
    await caller.control("POST", f"scenarios/{name}")
    await caller.control("POST", "latency", {"kind": "fixed", "milliseconds": 0})


class TestScenarios:
    def test_have_the_names_of_the_notes(self) -> None:
        """All of them but the one that is about GSIM."""
        assert NAMES == tuple(SCENARIOS)

    @pytest.mark.parametrize("name", NAMES)
    async def test_replace_what_was_set(self, caller: Caller, name: str) -> None:
        """Each can begin on any day, and of the day before nothing is left."""
        await caller.set(cooling_seconds=77)
        await caller.fault("http_418", count=None)

        begun = await caller.control("POST", f"scenarios/{name}")
        state = await caller.control("GET", "state")

        assert len(SCENARIOS[name].faults) == len(begun["faults"])
        assert 0 == state["conditions"]["cooling_seconds"]
        assert "http_418" not in [fault["kind"] for fault in state["faults"]]


class TestDays:
    async def test_stock_out_is_in_one_area_code(self, caller: Caller) -> None:
        """São Paulo has no numbers, Rio de Janeiro has."""
        await play(caller, "stock-out-ddd")

        assert (409, "INSUFFICIENT_STOCK") == (await caller.pre_reserve()).said
        assert 201 == (await caller.pre_reserve(ddd="21")).status

    async def test_brownout_recovers(self, caller: Caller) -> None:
        """Each fault strikes some times and then no more."""
        await play(caller, "brownout-then-recover")

        assert all(order.count is not None for order in SCENARIOS["brownout-then-recover"].faults)

    async def test_crash_after_reserve_leaves_a_reservation(self, caller: Caller) -> None:
        """The number is reserved and whoever asked hears nothing; asked again, it is told."""
        await play(caller, "crash-after-reserve")
        external_id, numbers = await caller.hold()

        for _ in range(3):
            with pytest.raises(aiohttp.ClientError):
                await caller.reserve(external_id, numbers[0], request_id="r-2")

        assert ["number_reserved"] == await caller.effects(numbers[0])
        again = await caller.reserve(external_id, numbers[0], request_id="r-2")
        assert 201 == again.status

    async def test_split_brain_offers_what_is_reserved(self, caller: Caller) -> None:
        """Two inventories disagree."""
        await play(caller, "split-brain-stock")
        _, msisdn = await caller.reserved()

        assert msisdn in msisdns(await caller.pre_reserve())

    async def test_stale_release_offers_what_was_given_back(self, caller: Caller) -> None:
        """The number given back is the first to be offered."""
        await play(caller, "stale-release")
        await caller.control("DELETE", "faults")
        reservation_id, msisdn = await caller.reserved()
        await caller.ask("DELETE", f"/reservations/{reservation_id}")

        assert msisdn == msisdns(await caller.pre_reserve())[0]

    async def test_previous_race_refuses_what_has_ended(self, caller: Caller) -> None:
        """The second of two that give the same hold up is refused."""
        await play(caller, "previous-race")
        await caller.control("DELETE", "faults")
        old, _ = await caller.hold()

        first = await caller.pre_reserve(previousExternalId=old)
        second = await caller.pre_reserve(previousExternalId=old)

        assert 201 == first.status
        assert (404, "PREVIOUS_NOT_FOUND") == second.said

    async def test_port_return_offers_what_was_in_use(self, caller: Caller) -> None:
        """A number that another operator gave back is offered again."""
        await play(caller, "port-return")
        _, msisdn = await caller.reserved()
        await caller.act("activate")

        assert msisdn in msisdns(await caller.pre_reserve())
