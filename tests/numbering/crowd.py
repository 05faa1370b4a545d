"""Many at once in one world of numbering, each test with an area code of its own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

from tests.conftest import world_apart
from tests.numbering.over_http import PREVIEWS, RANDOM, Numbers, Said
from tests.secrecy import leaks_in_tables
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.exchange import Exchange
from tramita.kit.tokens import create_token
from tramita.numbering.numbers.rows import TEND_JOB
from tramita.process.platform import sweep_lost_operations
from tramita.providers.sigan.settings import DEMO_TOKEN

T = TypeVar("T")

# So many clients do the same thing in the same moment.
CROWD = 16
# Seconds for which a test may hold a request up; then it goes on by itself.
_HELD_FOR = 45.0
# A number that comes back from another operator is free there, whoever had it.
_COUNTS = {"number_reserved": 1, "number_released": -1, "number_returned": -1}
# The request that has an effect.
_DONE_BY = {"numbers_held": "pre_reserve", "number_reserved": "reserve"}
# Reserved at Sigan for us, and ours to give back.
_HELD_HERE = ["RESERVED", "ASSIGNED", "IN_USE", "SUSPENDED", "QUARANTINE"]


@dataclass(frozen=True)
class Corner:
    """An area code that nobody else in this world uses."""

    numbers: Numbers
    ddd: str

    @property
    def exchange(self) -> Exchange:
        """What Tramita calls Sigan with."""
        return self.numbers.exchange

    async def preview(self, **more: Any) -> dict[str, Any]:
        """A preview that can be chosen from."""
        return await self.numbers.preview(self.ddd, **more)

    async def ask_preview(self, **more: Any) -> Said:
        """Ask for a preview, which may be refused."""
        api, key = more.pop("api", None), more.pop("key", None)
        body = {"ddd": self.ddd, "brand_id": "vivo", **more}
        return await self.numbers.ask("POST", PREVIEWS, body, api=api, key=key)

    async def random(self, **more: Any) -> Said:
        """Reserve any number."""
        api, key = more.pop("api", None), more.pop("key", None)
        body = {"ddd": self.ddd, "brand_id": "vivo", **more}
        return await self.numbers.ask("POST", RANDOM, body, api=api, key=key)

    async def reserve(self, preview: Mapping[str, Any], index: int = 0, **more: Any) -> Said:
        """Reserve one number of a preview."""
        return await self.numbers.reserve(preview, index, **more)

    async def reserved(self) -> str:
        """A number that is reserved."""
        return await self.numbers.reserved(self.ddd)

    async def msisdns(self, preview: Mapping[str, Any]) -> list[str]:
        """The numbers of a preview, in full."""
        rows = await self.numbers.world.fetch(
            "SELECT msisdn FROM preview_number WHERE preview_id = $1 ORDER BY idx", preview["id"]
        )
        return [row["msisdn"] for row in rows]

    async def state(self, preview: Mapping[str, Any]) -> str:
        """Where a preview stands."""
        said = await self.numbers.ask("GET", f"{PREVIEWS}/{preview['id']}")
        state: str = said.body["state"]
        return state

    async def fail(self, kind: str, operation: str, **fault: Any) -> int:
        """Have an operation fail here, and nowhere else; the number of the fault."""
        match = {"ddd": self.ddd} | fault.pop("match", {})
        return await self.numbers.sigan.fail(kind, operation=operation, match=match, **fault)

    async def hold(self, operation: str, *, after_effect: bool = False) -> int:
        """Have the next such request held up, before or after what it does, until it is let go."""
        kind = "answer_held" if after_effect else "latency"
        return await self.fail(kind, operation, arguments={"seconds": _HELD_FOR})

    async def let_go(self, held: int) -> None:
        """What is held up goes on."""
        await self.numbers.sigan.let_go(held)

    async def order(self, action: str, **order: Any) -> None:
        """Have Sigan's operator do something."""
        await self.numbers.sigan.person("operator", action, **order)

    async def now(self) -> datetime:
        """The platform's time, which earlier tests of the module have moved."""
        [row] = await self.numbers.world.fetch("SELECT tramita_now() AS now")
        now: datetime = row["now"]
        return now

    async def numbers_here(self) -> list[dict[str, Any]]:
        """The rows of the numbers of this area code, oldest first."""
        query = "SELECT * FROM phone_number WHERE ddd = $1 ORDER BY id"
        return [dict(row) for row in await self.numbers.world.fetch(query, self.ddd)]

    async def at_sigan(self) -> Counter[str]:
        """How many reservations of this area code are open there, as Sigan's ledger has it."""
        count = Counter[str]()
        for row in await self.effects("number_reserved", "number_released"):
            count[row["subject"]] += _COUNTS[row["effect"]]
        return +count

    async def holds(self) -> list[dict[str, Any]]:
        """What Sigan was made to hold here, in order."""
        return [row["data"] for row in await self.effects("numbers_held")]

    async def released(self) -> set[str]:
        """The holds that were given back here."""
        return {row["subject"] for row in await self.effects("hold_released")}

    async def effects(self, *effects: str) -> list[dict[str, Any]]:
        """What took effect at Sigan in this area code, in order."""
        return [
            row
            for row in await self.numbers.sigan.effects()
            if row["effect"] in effects
            and self.ddd in (row["data"].get("ddd"), row["data"].get("msisdn", "")[2:4])
        ]

    async def calls(self, operation: str) -> list[dict[str, Any]]:
        """The requests of one kind that came to Sigan for this area code."""
        return [
            one
            for one in await self.numbers.sigan.journal()
            if one["operation"] == operation and one["fields"].get("ddd") == self.ddd
        ]

    async def until_called(self, operation: str, count: int = 1) -> None:
        """Wait until Sigan was asked so often."""

        async def is_so() -> bool:
            return len(await self.calls(operation)) >= count

        await until(is_so)

    async def give_back_by_hand(self, reservation_id: str) -> None:
        """What a person does who finds at Sigan what we know nothing of."""
        world = self.numbers.world
        url = f"{world.simulators_url}/sigan/v1/reservations/{reservation_id}"
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        async with aiohttp.ClientSession(headers=headers) as session, session.delete(url) as said:
            assert said.status == 204, await said.text()

    async def until_effect(self, effect: str, count: int = 1) -> None:
        """Wait until something has taken effect at Sigan."""

        async def is_so() -> bool:
            return len(await self.effects(effect)) >= count

        await until(is_so)

    async def begin(self, act: Awaitable[T], operation: str, count: int = 1) -> "asyncio.Task[T]":
        """Begin an act that calls Sigan, and come back when its request is there."""
        task = asyncio.ensure_future(act)

        async def is_so() -> bool:
            return task.done() or len(await self.calls(operation)) >= count

        await until(is_so)
        return task

    async def die(self, act: Awaitable[object], effect: str) -> None:
        """Begin an act and end it, as a process does that is killed, once Sigan did its part.

        Nobody records an answer; when the lease is over, what was sent counts as lost.
        Sigan's answer is held, however long it takes until we know of the effect.
        """
        held = await self.hold(_DONE_BY[effect], after_effect=True)
        task = asyncio.ensure_future(act)
        await self.until_effect(effect)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await self.let_go(held)
        await self.lose_leases()

    async def lose_leases(self) -> None:
        """Let everything that is being sent count as lost, and be found."""
        await self.numbers.world.fetch(
            "UPDATE operations SET lease_until = now() - interval '1 second', "
            "due_at = now() - interval '1 second' WHERE state = 'SENT'"
        )
        await sweep_lost_operations(self.numbers.world.runtime)

    def impatient(self) -> AbstractContextManager[None]:
        """Have calls to Sigan take no longer than a moment.

        It is long enough for a request to reach Sigan on a busy machine.
        """
        return self.numbers.deadline(1)

    @asynccontextmanager
    async def carrier(self, name: str) -> AsyncIterator[aiohttp.ClientSession]:
        """The session of a carrier that sees its own numbers only."""
        world = self.numbers.world
        scopes = ["numbering:read", "numbering:write"]
        async with world.database.unit_of_work() as work:
            token = await create_token(work, f"{name}-{self.ddd}", scopes, carrier=name)
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(world.url, headers=headers) as session:
            yield session


async def at_once(*acts: Callable[[], Awaitable[T]]) -> list[T]:
    """Carry all of them out, none before every other is ready to begin."""
    barrier = asyncio.Barrier(len(acts))

    async def carry_out(act: Callable[[], Awaitable[T]]) -> T:
        await barrier.wait()
        return await act()

    return await asyncio.gather(*map(carry_out, acts))


def statuses(answers: Sequence[Said]) -> Counter[int]:
    """How many answers had which status."""
    return Counter(one.status for one in answers)


def told(answers: Sequence[Said]) -> Counter[tuple[int, str | None]]:
    """How many answers had which status and code."""
    return Counter((one.status, one.code) for one in answers)


async def disagreement(numbers: Numbers) -> dict[str, Counter[str]]:
    """Where our table and Sigan's ledger have different numbers reserved for us."""
    rows = await numbers.world.fetch(
        "SELECT msisdn FROM phone_number WHERE status = ANY($1::text[])", _HELD_HERE
    )
    here, there = Counter(row["msisdn"] for row in rows), Counter[str]()
    for row in await numbers.sigan.effects():
        there[row["subject"]] += _COUNTS.get(row["effect"], 0)
    return {
        where: more for where, more in (("here", here - there), ("there", there - here)) if more
    }


@asynccontextmanager
async def running_numbers(
    server: EmbeddedPostgres, folder: Path, *, deadline: float = 60
) -> AsyncIterator[Numbers]:
    """Numbering in a world that many tests share; ``deadline``: seconds of a call to Sigan."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAMITA_SIGAN_DEADLINE", str(deadline))
        async with world_apart(server, folder) as world:
            yield await Numbers.begin(world)
            assert [] == await leaks_in_tables(world.database)


async def hurry(numbers: Numbers) -> None:
    """Let what waits to be sent again, or to be asked about, be taken up now."""
    async with numbers.world.database.unit_of_work(actor="test") as work:
        rows = await work.fetch(
            "UPDATE operations SET due_at = now() WHERE id IN ("
            "SELECT id FROM operations WHERE state IN ('NOT_SENT', 'UNKNOWN') "
            "AND due_at > now() AND lease_until > due_at ORDER BY id FOR UPDATE SKIP LOCKED) "
            "RETURNING id, CASE WHEN state = 'UNKNOWN' THEN coalesce(ask_job, job) ELSE job END AS job"
        )
        for row in rows:
            work.enqueue(row["job"], operation_id=row["id"])


async def settle(numbers: Numbers) -> None:
    """Mend Sigan, let holds end, and wait until nothing is left to do."""

    async def is_so() -> bool:
        await hurry(numbers)
        rows = await numbers.world.fetch(
            "SELECT FROM operations WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN') "
            # Whoever has cancelled a contract has not waited for its number to be given back.
            "UNION ALL SELECT FROM pgqueuer WHERE entrypoint = $1 "
            "AND status IN ('queued', 'picked') AND execute_after <= now()",
            TEND_JOB,
        )
        return not rows

    await numbers.sigan.mend()
    await numbers.world.advance(timedelta(minutes=20))
    await until(is_so, deadline=60)
    await numbers.sweep()
    await until(is_so, deadline=60)


async def end_well(numbers: Numbers) -> None:
    """Let everything come to its end; what numbering promises holds then."""
    await settle(numbers)
    assert [] == await numbers.broken()
    assert {} == await disagreement(numbers)
