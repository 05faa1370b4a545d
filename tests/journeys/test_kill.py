"""``kill -9`` at any moment: nothing is lost, nothing is sent twice, nothing stays stuck."""

import asyncio
import time
from random import Random
from typing import Any

import pytest

from tests.journeys.processes import Processes
from tests.world import envelope, until
from tramita.kit.database.engine import Database

KILLS = 10
CONTRACTS = 8
SEED = 7
TAKEOVER_SECONDS = 15


class TestTheOnlyProcess:
    async def test_may_be_killed_ten_times(self, tramita: Processes) -> None:
        """After each restart the run goes on; what was in the air stands parked."""
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
            await tramita.until_done(token, deadline=60)

        assert KILLS * CONTRACTS == await settled(tramita, tokens)

    async def test_may_be_killed_while_its_answer_is_on_the_way(self, tramita: Processes) -> None:
        """QI Tech has acted, the answer reaches nobody: parked, and never sent again."""
        await tramita.qitech.fail("answer_held", count=None, arguments={"seconds": 30})
        process = await tramita.start("all")
        token = await tramita.make_envelope(envelope(portabilities=CONTRACTS))
        await tramita.send_link(token)
        await until_created(tramita, CONTRACTS)

        await tramita.kill(process)
        await tramita.start("all")
        await tramita.until_done(token, deadline=60)

        contracts = await tramita.contracts([token])
        assert [True] * CONTRACTS == [one["portability"]["needs_attention"] for one in contracts]
        assert CONTRACTS == await settled(tramita, [token])


class TestOneOfTwoWorkers:
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
        await tramita.until_done(token, deadline=60)
        took = time.monotonic() - killed

        assert took < TAKEOVER_SECONDS
        assert 60 == await settled(tramita, [token])


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


async def settled(tramita: Processes, tokens: list[str]) -> int:
    """How many contracts were accepted or parked, once everything was found in order."""
    created = await tramita.qitech.created()
    assert {1} == set(created.values())
    await tramita.qitech.delay(0)
    code, said = await tramita.run("check", "portability")
    assert (0, False) == (code, "not verified" in said), said
    rows = await announcements(tramita.database)
    assert [(token, 1) for token in sorted(tokens)] == rows
    return sum(map(is_settled, await tramita.contracts(tokens)))


def is_settled(contract: dict[str, Any]) -> bool:
    """Accepted, or with a person."""
    portability = contract["portability"]
    is_accepted = portability["status"] == "FORMALIZACAO_CLIENTE"
    return is_accepted is not bool(portability["needs_attention"])


async def announcements(database: Database) -> list[tuple[str, int]]:
    """Every announcement, as ``(token, run)``."""
    async with database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT e.token, a.run FROM envelope_announcements AS a "
            "JOIN envelopes AS e ON e.id = a.envelope_id"
        )
    return sorted((str(row["token"]), row["run"]) for row in rows)
