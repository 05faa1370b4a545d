"""``kill -9`` at any moment: nothing is lost, nothing is made twice, nothing stays stuck.

What was in the air when its process died is asked for and found; it is sent again only after
QI Tech has said for a while that there is nothing.
"""

import asyncio
import time
from collections import Counter
from random import Random

import pytest

from tests.journeys.processes import NOT_FOUND_FOR, Processes
from tests.journeys.sendings import sent_blindly
from tests.world import envelope, until
from tramita.kit.database.engine import Database

KILLS = 10
CONTRACTS = 8
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
        await tramita.qitech.delay(100, up_to=1500)
        _, *workers = await asyncio.gather(*map(tramita.start, ("web", "worker", "worker")))
        token = await tramita.make_envelope(envelope(portabilities=60))
        await tramita.send_link(token)
        await until_created(tramita, 5)

        await tramita.kill(workers[unlucky])
        killed = time.monotonic()
        await tramita.until_done(token, deadline=120)
        took = time.monotonic() - killed

        assert took < TAKEOVER_SECONDS
        assert {"FORMALIZACAO_CLIENTE": 60} == await ends(tramita, [token])


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
