"""``kill -9`` at any moment: nothing is lost, nothing is made twice, nothing stays stuck.

What was in the air when its process died is asked for and found; it is sent again only after
QI Tech has said for a while that there is nothing.
"""

import asyncio
import time
from collections import Counter
from random import Random
from uuid import UUID

import pytest

from tests.journeys.processes import NOT_FOUND_FOR, Processes
from tests.journeys.sendings import sent_blindly
from tests.world import envelope, until
from tramita.kit.database.engine import Database

KILLS = 10
CONTRACTS = 8
# Jobs that one of two workers does at the same time.
AT_ONCE = 10
SEED = 7
TAKEOVER_SECONDS = 15


class TestTheOnlyProcess:
    @pytest.mark.soak
    async def test_may_be_killed_ten_times(self, tramita: Processes) -> None:
        """After each restart the run goes on; what was in the air is found and accepted."""
        random = Random(SEED)
        await tramita.qitech.delay(50, up_to=800)
        process = await tramita.start("all")
        tokens = [
            await tramita.make_envelope(envelope(portabilities=CONTRACTS)) for _ in range(KILLS)
        ]
        for token in tokens:
            clicking = asyncio.create_task(tramita.send_link(token))
            await at_some_moment(tramita, random)
            await tramita.kill(process)
            await asyncio.gather(clicking, return_exceptions=True)
            process = await tramita.start("all")
            # The client, whose click may have been lost, clicks again.
            await tramita.send_link(token)

        for token in tokens:
            await tramita.until_done(token, deadline=120)

        assert {"FORMALIZACAO_CLIENTE": KILLS * CONTRACTS} == await ends(tramita, tokens)

    @pytest.mark.soak
    async def test_need_not_be_waited_for_as_long_as_a_call_may_take(
        self, tramita: Processes
    ) -> None:
        """Calls may take minutes: what is there is found as soon as the jobs come once more."""
        tramita.environment["TRAMITA_QITECH_DEADLINE"] = "300"
        await tramita.qitech.fail("answer_held", count=None, arguments={"seconds": 300})
        process = await tramita.start("all")
        token = await tramita.make_envelope(envelope(portabilities=CONTRACTS))
        await tramita.send_link(token)
        await until_created(tramita, CONTRACTS)

        await tramita.kill(process)
        await tramita.qitech.mend()
        await tramita.start("all")
        killed = time.monotonic()
        await tramita.until_done(token, deadline=120)

        assert time.monotonic() - killed < TAKEOVER_SECONDS
        assert {"FORMALIZACAO_CLIENTE": CONTRACTS} == await ends(tramita, [token])


class TestOneOfTwoWorkers:
    @pytest.mark.soak
    @pytest.mark.parametrize("unlucky", [0, 1])
    async def test_is_replaced_by_the_other(self, tramita: Processes, unlucky: int) -> None:
        """Nobody restarts it: within 15 seconds the other one has finished its work."""
        # Neither can take all that there is.
        tramita.environment["TRAMITA_WORKER_CONCURRENCY"] = f"{AT_ONCE}"
        await tramita.qitech.delay(1200, up_to=1500)
        await tramita.start("web")
        workers = [await tramita.start("worker")]
        token = await tramita.make_envelope(envelope(portabilities=3 * AT_ONCE))
        await tramita.send_link(token)
        [first] = await until_at_work(tramita, 1)
        workers.append(await tramita.start("worker"))
        [second] = await until_at_work(tramita, 2) - {first}

        await tramita.kill(workers[unlucky])
        killed = time.monotonic()
        left = (await jobs_by_worker(tramita))[(first, second)[unlucky]]
        await tramita.until_done(token, deadline=120)
        took = time.monotonic() - killed

        assert left > 0
        assert took < TAKEOVER_SECONDS
        assert {"FORMALIZACAO_CLIENTE": 3 * AT_ONCE} == await ends(tramita, [token])


async def jobs_by_worker(tramita: Processes) -> Counter[UUID]:
    """How many jobs each worker has in hand, or had when it died."""
    rows = await tramita.database.fetch(
        "SELECT queue_manager_id FROM pgqueuer WHERE status = 'picked'"
    )
    return Counter(row["queue_manager_id"] for row in rows)


async def until_at_work(tramita: Processes, workers: int) -> set[UUID]:
    """Wait until so many workers have jobs in hand; answers which."""
    found: set[UUID] = set()

    async def is_so() -> bool:
        found.clear()
        found.update(await jobs_by_worker(tramita))
        return len(found) == workers

    await until(is_so)
    return found


async def at_some_moment(tramita: Processes, random: Random) -> None:
    """Wait for a moment of a run: while the link is asked for, or after so many effects."""
    before = sum((await tramita.qitech.created()).values())
    if random.random() > 0.2:
        await until_created(tramita, before + random.randint(0, CONTRACTS - 1))
    for _ in range(random.randint(0, 20)):
        await tramita.qitech.requests()


async def until_created(tramita: Processes, count: int) -> None:
    """Wait until QI Tech has created so many proposals, of whatever contract."""

    async def are_there() -> bool:
        return sum((await tramita.qitech.created()).values()) >= count

    await until(are_there)


async def ends(tramita: Processes, tokens: list[str]) -> Counter[str]:
    """How many contracts ended where, once everything was found in order."""
    created = await tramita.qitech.created()
    assert {1} == set(created.values())
    assert [] == await sent_blindly(tramita.database, not_found_for=NOT_FOUND_FOR)
    parked = await tramita.operations("needs_attention")
    assert [] == [one["reason"] for one in parked]
    await tramita.qitech.delay(0)
    code, said = await tramita.run("check", "portability")
    assert (0, False) == (code, "not verified" in said), said
    rows = await announcements(tramita.database)
    assert [(token, 1) for token in sorted(tokens)] == rows
    return Counter(one["portability"]["status"] for one in await tramita.contracts(tokens))


async def announcements(database: Database) -> list[tuple[str, int]]:
    """Every announcement, as ``(token, run)``."""
    async with database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT e.token, a.run FROM envelope_announcements AS a "
            "JOIN envelopes AS e ON e.id = a.envelope_id"
        )
    return sorted((str(row["token"]), row["run"]) for row in rows)
