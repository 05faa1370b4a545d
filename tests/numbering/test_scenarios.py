"""The days that Sigan may have, each with some business, and what is left when it is over."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.numbering.crowd import Corner, disagreement, end_well, running_numbers, settle, statuses
from tests.numbering.over_http import NUMBERS, Numbers, Said
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEED = 7
BUSY = 12
# Seconds that a call to Sigan may take where it is slow that day; elsewhere only we may be.
SHORT = 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def numbers(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Numbers]:
    """A world for all days."""
    folder = tmp_path_factory.mktemp("days")
    async with running_numbers(server, folder) as numbers:
        await numbers.sigan.reset(seed=SEED)
        yield numbers


@pytest_asyncio.fixture(loop_scope="module")
async def corner(numbers: Numbers, area_codes: Iterator[str]) -> AsyncIterator[Corner]:
    """An area code in which it all happens; everything is well when the day is over."""
    # A day without numbers is one of area code 11.
    yield Corner(numbers, next(ddd for ddd in area_codes if ddd != "11"))
    await numbers.sigan.play("happy")
    await end_well(numbers)


async def do_business(corner: Corner) -> list[Said]:
    """Previews, one replaced, reservations, random ones and a release, all at once."""

    async def serve(turn: int) -> list[Said]:
        said = [await corner.ask_preview()]
        if said[-1].status == 201 and turn % 3 == 0:
            said.append(await corner.ask_preview(previous_id=said[-1].body["id"]))
        if said[-1].status == 201:
            said.append(await corner.reserve(said[-1].body, turn % 3))
        if turn % 2:
            said.append(await corner.random())
        if turn % 4 == 0 and said[-1].status == 200:
            said.append(await corner.numbers.release(said[-1].body["msisdn"]))
        return said

    return [one for said in await asyncio.gather(*map(serve, range(BUSY))) for one in said]


class TestADay:
    """Whatever kind it is, in the end our table and Sigan's ledger say the same."""

    async def test_that_is_happy(self, corner: Corner) -> None:
        """Everybody gets what they ask for."""
        await corner.numbers.sigan.play("happy")

        said = await do_business(corner)

        assert {200: BUSY, 201: 22, 204: 3} == statuses(said)

    async def test_without_numbers_in_one_area(self, corner: Corner) -> None:
        """503 and to come again later there, numbers elsewhere."""
        await corner.numbers.sigan.play("stock-out-ddd")

        said = await do_business(Corner(corner.numbers, "11"))

        assert {(503, "60")} == {(one.status, one.headers.get("Retry-After")) for one in said}
        assert 201 == (await corner.random()).status

    @pytest.mark.soak
    async def test_on_which_sigan_is_slow(self, corner: Corner) -> None:
        """Answers come when nobody waits any more; what was done all the same is found."""
        await corner.numbers.sigan.play("slow-sigan")

        with corner.numbers.deadline(SHORT):
            said = await do_business(corner)

        assert statuses(said)[504] > 0
        await corner.numbers.sigan.play("happy")
        await until(corner.numbers.sigan.is_idle)

    @pytest.mark.soak
    async def test_on_which_one_in_twenty_fails(self, corner: Corner) -> None:
        """Most get what they ask for, and nobody gets it twice."""
        await corner.numbers.sigan.play("flaky-5pct")

        with corner.numbers.deadline(SHORT):
            said = [one for _ in range(3) for one in await do_business(corner)]

        count = statuses(said)
        assert {200, 201, 204, 409, 500, 503, 504} >= set(count)
        assert count[200] + count[201] + count[204] > len(said) * 0.7

    async def test_that_begins_badly_and_ends_well(
        self, corner: Corner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Calls are refused for a while; then everything works without anybody's doing."""
        await corner.numbers.sigan.play("brownout-then-recover")
        # Or there would be five seconds in which nothing but asking in vain happens.
        monkeypatch.setattr(corner.exchange.breaker, "pause", timedelta(seconds=0.5))

        async def is_over() -> bool:
            said.extend(await do_business(corner))
            return {200, 201, 204} >= set(statuses(said[-BUSY:]))

        said: list[Said] = []
        with corner.numbers.deadline(SHORT):
            worst = await do_business(corner)
            assert {503, 504} & set(statuses(worst))
            await until(is_over)

    async def test_on_which_nobody_hears_of_reservations(self, corner: Corner) -> None:
        """504 three times; each is found, confirmed and linked to its preview."""
        await corner.numbers.sigan.play("crash-after-reserve")
        previews = [await corner.preview() for _ in range(4)]

        said = [await corner.reserve(one) for one in previews]

        assert [504, 504, 504, 200] == [one.status for one in said]
        await settle(corner.numbers)
        assert ["CONSUMED"] * 4 == [await corner.state(one) for one in previews]
        assert {1} == set((await corner.at_sigan()).values())

    async def test_on_which_reserved_numbers_are_offered(self, corner: Corner) -> None:
        """503 or others for a preview, 500 at random: nobody gets what somebody has."""
        msisdns = [await corner.reserved() for _ in range(4)]
        await corner.numbers.sigan.play("split-brain-stock")

        # Each hold has a number that is reserved here, three times in a row; then one more.
        said = [await corner.ask_preview(), await corner.random(), await corner.ask_preview()]

        assert [503, 500, 201] == [one.status for one in said]
        assert "NUMBER_INVENTORY_DIVERGENCE" == said[1].code
        assert set() == set(msisdns) & set(await corner.msisdns(said[2].body))
        assert ["RESERVED"] * 4 == [await corner.numbers.status(one) for one in msisdns]
        assert Counter(msisdns) == await corner.at_sigan()

    @pytest.mark.soak
    async def test_on_which_releases_are_late(self, corner: Corner) -> None:
        """The next holder of a number keeps it, whenever its last release takes effect."""
        first = await corner.reserved()
        await corner.numbers.sigan.play("stale-release")
        with corner.numbers.deadline(SHORT):
            await corner.numbers.release(first)
            await corner.until_effect("number_released")

        async def is_reserved() -> bool:
            said.append(await corner.random())
            # As long as its release is under way another number is offered.
            return said[-1].status == 201 and said[-1].body["msisdn"] == first

        said: list[Said] = []
        await until(is_reserved)

        assert {503, 201} >= set(statuses(said))
        assert first == said[-1].body["msisdn"]
        await corner.numbers.sigan.play("happy")
        await until(corner.numbers.sigan.is_idle)
        await settle(corner.numbers)
        assert "RESERVED" == await corner.numbers.status(first)
        assert 1 == (await corner.at_sigan())[first]

    async def test_of_quarrels_about_previous_holds(self, corner: Corner) -> None:
        """Replaced again and again: where nobody was left in doubt, one preview can be used."""
        await corner.numbers.sigan.play("previous-race")

        async def replace(_: int) -> tuple[list[str], int]:
            chain: list[str] = []
            doubts = 0
            for _ in range(4):
                last = {"previous_id": chain[-1]} if chain else {}
                said = await corner.ask_preview(**last)
                assert said.status in (201, 503, 504), said
                doubts += said.status == 504
                if said.status == 201:
                    chain.append(said.body["id"])
            return chain, doubts

        with corner.numbers.deadline(SHORT):
            chains = await asyncio.gather(*map(replace, range(4)))

        await corner.numbers.sigan.play("happy")
        await until(corner.numbers.sigan.is_idle)
        for chain, doubts in chains:
            count = statuses([await corner.reserve({"id": one}) for one in chain])
            assert {200, 409, 410} >= set(count)
            # What a request in doubt was to replace may live again, with others made meanwhile.
            assert count[200] <= 1 + doubts

    async def test_on_which_numbers_come_back_from_elsewhere(self, corner: Corner) -> None:
        """A line that left us, and whose number Sigan offers again, is no number to give away."""
        msisdn = await corner.reserved()
        for path, body in (("assign", {"sim_id": "sim-1"}), ("activate", None)):
            said = await corner.numbers.ask("POST", f"{NUMBERS}/{msisdn}/{path}", body)
            assert said.status == 200, said
        await corner.order("activate", msisdn=msisdn)
        await corner.numbers.sigan.play("port-return")

        said = await corner.random()

        assert (500, "NUMBER_INVENTORY_DIVERGENCE") == (said.status, said.code)
        assert "IN_USE" == await corner.numbers.status(msisdn)
        # It is in use here and free there: that is what the audit is for.
        assert {"here": Counter([msisdn])} == await disagreement(corner.numbers)
        [finding] = await corner.numbers.broken()
        assert "IN_USE here, released there" in finding
        await corner.numbers.ask("POST", f"{NUMBERS}/{msisdn}/terminate")
        await corner.numbers.pass_time(timedelta(days=91))
        await corner.numbers.until_status(msisdn, "RETURNED")
