"""Races about releases (R26 to R31): what is in use is never given back."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest

from tests.numbering.crowd import CROWD, Corner, at_once, statuses
from tests.numbering.over_http import NUMBERS, Said
from tests.world import until
from tramita.kit.database.work import UnitOfWork
from tramita.numbering.errors import ReleaseInProgress
from tramita.numbering.lifecycle import NumberTrigger
from tramita.numbering.numbers.journey.release_number import AT_ONCE
from tramita.numbering.numbers.releasing import OVERDUE, SCHEDULES, sweep_numbers
from tramita.numbering.numbers.rows import claim_number, give_back
from tramita.numbering.settings import NumberingSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUNDS = 4
A_DAY = timedelta(days=1)
[SWEEPING] = SCHEDULES


@asynccontextmanager
async def without_the_timer(corner: Corner) -> AsyncIterator[None]:
    """Nobody sweeps within the block but the test: the world's worker does every ten seconds."""
    fetch = corner.numbers.world.fetch

    async def is_put_off() -> bool:
        rows = await fetch(
            "UPDATE pgqueuer_schedules SET next_run = now() + interval '1 hour' "
            "WHERE entrypoint = $1 AND status = 'queued' RETURNING id",
            SWEEPING.name,
        )
        return bool(rows)

    # One that runs just now is let come to its end.
    await until(is_put_off)
    try:
        yield
    finally:
        await fetch(
            "UPDATE pgqueuer_schedules SET next_run = now() WHERE entrypoint = $1", SWEEPING.name
        )


async def assign(corner: Corner, msisdn: str, sim: str) -> Said:
    """Bind a number to a SIM."""
    return await corner.numbers.ask("POST", f"{NUMBERS}/{msisdn}/assign", {"sim_id": sim})


async def transitions(corner: Corner, msisdn: str) -> Counter[str]:
    """What moved a number, and how often."""
    said = await corner.numbers.ask("GET", f"{NUMBERS}/{msisdn}")
    return Counter(one["trigger"] for one in said.body["history"])


@dataclass
class Between:
    """A unit of work in which something else happens right before one statement, once."""

    work: UnitOfWork
    statement: str
    act: Callable[[], Awaitable[None]]
    has_happened: bool = False

    def __getattr__(self, name: str) -> Any:
        """As the unit of work has it."""
        return getattr(self.work, name)

    async def fetch(self, query: str, *arguments: object) -> Any:
        """Run a statement."""
        if self.statement in query and not self.has_happened:
            self.has_happened = True
            await self.act()
        return await self.work.fetch(query, *arguments)


class TestAReleaseAnd:
    """Whoever is first has the number; the other is told why not."""

    async def test_r26_an_assignment(self, corner: Corner) -> None:
        """Assigned and not given back, or given back and not assigned."""
        for turn in range(ROUNDS):
            msisdn = await corner.reserved()
            half = CROWD // 2
            assigns = [
                partial(assign, corner, msisdn, f"sim-{corner.ddd}-{turn}-{one}")
                for one in range(half)
            ]

            said = await at_once(*assigns, *[partial(corner.numbers.release, msisdn)] * half)

            assigned, released = statuses(said[:half]), statuses(said[half:])
            status = await corner.numbers.status(msisdn)
            if status == "ASSIGNED":
                assert ({200: 1, 409: half - 1}, {409: half}) == (assigned, released)
            else:
                assert ({409: half}, {204: half}) == (assigned, released)
                assert "RETURNED" == status
            moved = await transitions(corner, msisdn)
            assert 1 == moved["assign"] + moved["release"]

    async def test_r27_a_reservation_under_way(self, corner: Corner) -> None:
        """409: what is being reserved cannot be given back yet, and is reserved."""
        preview = await corner.preview()
        [msisdn, *_] = await corner.msisdns(preview)
        held = await corner.hold("reserve")
        begun = await corner.begin(corner.reserve(preview), "reserve")

        said = await corner.numbers.release(msisdn)
        await corner.let_go(held)

        assert (409, "NUMBER_NOT_RELEASABLE") == (said.status, said.code)
        assert (200, 204) == ((await begun).status, (await corner.numbers.release(msisdn)).status)

    async def test_r28_another_release(self, corner: Corner) -> None:
        """All hear 204; it moved once, and Sigan is called once."""
        msisdn = await corner.reserved()

        said = await at_once(*[partial(corner.numbers.release, msisdn)] * CROWD)

        assert {204: CROWD} == statuses(said)
        await corner.numbers.world.until_at_rest()
        assert 1 == (await transitions(corner, msisdn))["release"]
        assert 1 == len(await corner.calls("release_reservation"))

    async def test_r14_a_claim_in_between(self, corner: Corner) -> None:
        """Released while it is being claimed, between two of its statements: not both."""
        msisdn = await corner.reserved()
        database = corner.numbers.world.database
        [row] = await corner.numbers.world.fetch(
            "SELECT id, pre_reservation_id FROM phone_number WHERE msisdn = $1", msisdn
        )

        async def release() -> None:
            async with database.unit_of_work(actor="test") as other:
                assert await give_back(other, [row["id"]], NumberTrigger.RELEASE)

        async def claim() -> None:
            async with database.unit_of_work(actor="test") as work:
                between = cast("UnitOfWork", Between(work, "UPDATE phone_number", release))
                hold = row["pre_reservation_id"]
                await claim_number(between, msisdn, pre_reservation_id=hold, carrier=None)

        # Sigan is out of reach: what is to be given back has not begun.
        await corner.fail("429", "release_reservation", count=None)
        with pytest.raises(ReleaseInProgress):
            await claim()

        assert "RETURNED" == await corner.numbers.status(msisdn)


class TestASweepAnd:
    """A number is abandoned when its time is over, and not a moment before or twice."""

    async def test_r29_an_assignment(self, corner: Corner) -> None:
        """As its time runs out: assigned and kept, or given back and not assigned."""
        numbers = [await corner.reserved() for _ in range(ROUNDS)]
        runtime = corner.numbers.world.runtime
        await corner.numbers.world.advance(A_DAY - timedelta(seconds=1))

        async def assign_one(msisdn: str, turn: int) -> int:
            return (await assign(corner, msisdn, f"sim-{corner.ddd}-{turn}")).status

        async def sweep() -> int:
            await sweep_numbers(runtime)
            return 0

        async def pass_time() -> int:
            await corner.numbers.world.advance(timedelta(seconds=1))
            await sweep_numbers(runtime)
            return 0

        assigns = [
            partial(assign_one, numbers[turn % ROUNDS], turn) for turn in range(CROWD - ROUNDS)
        ]
        async with without_the_timer(corner):
            said = await at_once(*assigns, pass_time, *[sweep] * (ROUNDS - 1))
            await sweep()  # What an assignment had in hand was passed over.

        for place, msisdn in enumerate(numbers):
            told = Counter(said[place : len(assigns) : ROUNDS])
            status = await corner.numbers.status(msisdn)
            assert {"ASSIGNED": 1, "RETURNED": 0}[status or ""] == told[200]
            moved = await transitions(corner, msisdn)
            assert 1 == moved["assign"] + moved["abandon"]

    async def test_r30_another_sweep(self, corner: Corner) -> None:
        """Eight at once: each number is given back once, here and there."""
        numbers = [await corner.reserved() for _ in range(ROUNDS)]
        await corner.numbers.world.advance(A_DAY)

        await at_once(*[partial(sweep_numbers, corner.numbers.world.runtime)] * 8)

        await corner.numbers.world.until_at_rest()
        moved = [(await transitions(corner, one))["abandon"] for one in numbers]
        assert [1] * ROUNDS == moved
        assert ROUNDS == len(await corner.calls("release_reservation"))

    async def test_r31_nobody_for_hours(self, corner: Corner) -> None:
        """It says how far behind it is, and catches up a bounded number at a time."""
        for _ in range(2 * ROUNDS):
            await corner.reserved()
        runtime = corner.numbers.world.runtime
        usual = runtime.configured(NumberingSettings)
        preview = await corner.preview()

        left = []
        async with without_the_timer(corner):
            await corner.numbers.world.advance(A_DAY + timedelta(hours=5))
            assert "EXPIRED" == await corner.state(preview)  # Without anybody's doing.
            try:
                few = {"sweep_batch": 2, "sweep_rate": ROUNDS + 1}
                runtime.configure(usual.model_copy(update=few))
                for _ in range(2):
                    await sweep_numbers(runtime)
                    left.append(await reserved_in(corner))
                    if left[-1]:
                        assert 5 * 3600 <= OVERDUE.labels("abandoned")._value.get() < 5 * 3600 + 600
            finally:
                runtime.configure(usual)

        assert [ROUNDS - 1, 0] == left
        assert 0 == OVERDUE.labels("abandoned")._value.get()
        await corner.numbers.world.until_at_rest()
        assert await corner.numbers.sigan.most_at_once() <= max(AT_ONCE, 2 * CROWD)


async def reserved_in(corner: Corner) -> int:
    """How many numbers of this area code are reserved."""
    [row] = await corner.numbers.world.fetch(
        "SELECT count(*) AS n FROM phone_number WHERE ddd = $1 AND status = 'RESERVED'", corner.ddd
    )
    count: int = row["n"]
    return count
