"""A provider is paused under load: work waits, nothing fails, and nothing is done twice."""

import asyncio

import pytest

from tests.journeys.processes import Processes
from tests.world import World, envelope, until
from tramita.portability.provider import PROVIDER

ENVELOPES, CONTRACTS = 6, 5
ADDRESS = f"/api/v1/admin/providers/{PROVIDER}"


async def ask(world: World | Processes, act: str, **body: object) -> int:
    """Pause or resume it; answers the status."""
    async with world.api.post(f"{ADDRESS}/{act}", json=body) as answer:
        return answer.status


async def in_flight(world: World | Processes) -> int:
    """How many operations somebody has in hand there."""
    async with world.api.get(ADDRESS) as answer:
        return int((await answer.json())["in_flight"])


async def begin(world: World | Processes) -> list[str]:
    """Envelopes whose links were sent."""
    tokens = [
        await world.make_envelope(envelope(portabilities=CONTRACTS)) for _ in range(ENVELOPES)
    ]
    await asyncio.gather(*map(world.send_link, tokens))
    return tokens


async def pause_in_the_middle(world: World | Processes) -> None:
    """Once some proposals are there; answers when what was under way has ended."""

    async def some_are_there() -> bool:
        return (await world.qitech.created()).total() >= CONTRACTS

    await until(some_are_there)
    assert 200 == await ask(world, "pause", why="a maintenance")

    async def is_drained() -> bool:
        return await in_flight(world) == 0

    await until(is_drained)


class TestUnderLoad:
    async def test_work_waits_and_then_each_is_done_once(self, world: World) -> None:
        """The ledger does not grow while it lasts; paused and resumed twice, no attempt is lost."""
        await world.qitech.delay(100, up_to=300)
        tokens = await begin(world)
        for _ in range(2):
            await pause_in_the_middle(world)
            before = await world.qitech.requests()
            seen = await world.fetch(
                "SELECT id, state, attempts, asked FROM operations ORDER BY id"
            )
            # Whatever came meanwhile waits too: its jobs find that nothing is to be taken.
            tokens += await begin(world)

            async def are_consumed() -> bool:
                return not await world.fetch(
                    "SELECT FROM pgqueuer WHERE status IN ('queued', 'picked') "
                    "AND execute_after <= now() AND entrypoint ~ 'proposal' LIMIT 1"
                )

            await until(are_consumed)
            assert before == await world.qitech.requests()
            assert (
                seen
                == (
                    await world.fetch(
                        "SELECT id, state, attempts, asked FROM operations ORDER BY id"
                    )
                )[: len(seen)]
            )
            said = await asyncio.gather(*(ask(world, "resume") for _ in range(2)))
            assert [200, 409] == sorted(said)

        await asyncio.gather(*map(world.until_done, tokens))

        created = await world.qitech.created()
        assert (3 * ENVELOPES * CONTRACTS, {1}) == (len(created), set(created.values()))
        [most] = await world.fetch(
            "SELECT max(attempts) AS attempts, count(*) FILTER (WHERE state = 'NEEDS_ATTENTION') "
            "AS parked, count(*) FILTER (WHERE unknown_since IS NOT NULL) AS doubted FROM operations"
        )
        assert (0, 0) == (most["parked"], most["doubted"])
        assert await world.qitech.most_at_once() <= world.runtime.exchanges[PROVIDER].concurrency


class TestKilled:
    @pytest.mark.soak
    async def test_web_and_worker_hold_still_after_a_restart(self, tramita: Processes) -> None:
        """``kill -9`` of both, before and after it is resumed: the ledger has each once."""
        await tramita.qitech.delay(100, up_to=500)
        web, worker = [await tramita.start(role) for role in ("web", "worker")]
        tokens = await begin(tramita)
        await pause_in_the_middle(tramita)
        await asyncio.gather(tramita.kill(web), tramita.kill(worker))
        before = await tramita.qitech.requests()
        web, worker = [await tramita.start(role) for role in ("web", "worker")]
        tokens += await begin(tramita)
        assert before == await tramita.qitech.requests()

        assert 200 == await ask(tramita, "resume")
        await tramita.kill(worker)
        await tramita.start("worker")
        await asyncio.gather(*(tramita.until_done(one, deadline=120) for one in tokens))

        created = await tramita.qitech.created()
        assert (2 * ENVELOPES * CONTRACTS, {1}) == (len(created), set(created.values()))
        assert [] == await tramita.operations("needs_attention")
