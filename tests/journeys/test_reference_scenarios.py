"""The reference scenarios 1 to 7 of the simulator's specification, played over HTTP.

The provider's part of each is one of the simulator's own scenarios, under the same name.
``tests/journeys/conftest.py`` holds the invariants against each world in the end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from tests.journeys.processes import Processes
from tests.world import ALL_DONE, Listener, World, envelope, until
from tramita.kit.database.engine import Database

TO_SIGN = ("AGUARDANDO_FORMALIZACAO", "FORMALIZACAO_CLIENTE")
ENDED = ("CANCELADO", "REPROVADO")


class TestAllGood:
    """Scenario 1."""

    async def test_tells_one_end(self, world: World) -> None:
        """Five contracts are sent once, accepted, and announced with one message."""
        await world.qitech.play("s01_all_good")
        token = await world.make_envelope(envelope(portabilities=5))

        async with world.listening(token) as listener:
            await world.send_link(token)
            await listener.until()
            await world.hear_out(token, listener)

        assert 1 == listener.times_done
        assert [TO_SIGN] * 5 == await statuses(world, token)
        contracts = (await world.details(token))["contracts"]
        assert all(one["portability"]["signature_url"] for one in contracts)
        assert all(one["portability"]["financial"] for one in contracts)
        assert [1] * 5 == list((await world.qitech.created()).values())
        assert [1] == await world.announced(token)


class TestTheSameMillisecond:
    """Scenario 2; a thousand times in ``tests/portability/journey/test_record_insertions.py``."""

    async def test_tells_one_end_to_each_envelope(self, world: World) -> None:
        """Both answers of each of twenty envelopes come at once: one message each."""
        await world.qitech.play("s02_same_millisecond")
        tokens = [await world.make_envelope(envelope(portabilities=2)) for _ in range(20)]

        async with AsyncExitStack() as stack:
            listeners = [
                await stack.enter_async_context(world.listening(token)) for token in tokens
            ]
            await asyncio.gather(*map(world.send_link, tokens))
            await asyncio.gather(*(listener.until() for listener in listeners))
            await asyncio.gather(*map(world.hear_out, tokens, listeners))

        assert [1] * 20 == [listener.times_done for listener in listeners]
        assert [[1]] * 20 == [await world.announced(token) for token in tokens]
        assert {1} == set((await world.qitech.created()).values())


class TestALostAnswer:
    """Scenario 3."""

    async def test_is_found_and_not_sent_again(self, world: World) -> None:
        """One of three answers is lost; the envelope is ready once it was found."""
        await world.qitech.play("s03_lost_after")
        token = await world.make_envelope(envelope(portabilities=3))

        async with world.listening(token) as listener:
            await world.send_link(token)
            await listener.until()

        numbers = [one["number"] for one in await world.partner_view(token)]
        assert [TO_SIGN] * 3 == await statuses(world, token)
        assert dict.fromkeys(numbers, 1) == await world.qitech.created()
        assert [1, 1, 1] == [await world.qitech.asked(number) for number in numbers]
        assert 1 == listener.times_done


class TestAWorkerKilledBeforeItSaved:
    """Scenario 4; while the answer is still on its way: ``test_kill.py``."""

    async def test_leaves_nothing_twice_and_nothing_lost(self, tramita: Processes) -> None:
        """The answer had come, saving it had not begun: it is asked for, never sent again."""
        # A call may take as long as it takes here to see to it that nobody saves its answer.
        tramita.environment["TRAMITA_QITECH_DEADLINE"] = "120"
        _, worker = [await tramita.start(role) for role in ("web", "worker")]
        held = await tramita.qitech.fail("answer_held", count=None, arguments={"seconds": 120.0})
        token = await tramita.make_envelope(envelope(portabilities=3))
        await tramita.send_link(token)

        async def are_there() -> bool:
            return (await tramita.qitech.created()).total() == 3

        await until(are_there)
        async with nobody_saves(tramita.database):
            await tramita.qitech.let_go(held)
            await until_answered(tramita, 3)
            await tramita.kill(worker)
            left = await tramita.operations("sent")
        assert 3 == len(left)
        await tramita.start("worker")
        await tramita.until_done(token, deadline=120)

        assert {1} == set((await tramita.qitech.created()).values())
        assert [TO_SIGN] * 3 == await statuses(tramita, token)
        code, said = await tramita.run("check", "portability")
        assert (0, False) == (code, "not verified" in said), said


class TestABrowser:
    """Scenario 5."""

    async def test_learns_the_end_whenever_it_comes(self, world: World) -> None:
        """Connected before, during, after: each is told the end once, and sees the same page."""
        await world.qitech.play("s05_browser_comes_late")
        token = await world.make_envelope(envelope(portabilities=5))

        async with world.listening(token) as before:
            await world.send_link(token)
            await before.until("CONTRACT_PROGRESS")
            async with world.listening(token) as during:
                await asyncio.gather(before.until(), during.until())
        async with world.listening(token) as after:
            await after.until()
            await world.hear_out(token, after)

        assert [1, 1, 1] == [one.times_done for one in (before, during, after)]
        assert ALL_DONE == after.messages[0]
        assert told(before) == sorted(set(told(before)))
        assert told(during) == sorted(set(told(during)))
        assert "contracts" in await world.details(token)


class TestADoubleClick:
    """Scenario 6."""

    async def test_on_the_link_is_one_click(self, world: World) -> None:
        """Both get the same link; one run, every contract sent once."""
        await world.qitech.play("s06_double_click")
        token = await world.make_envelope(envelope(portabilities=3))

        first, second = await asyncio.gather(world.send_link(token), world.send_link(token))
        await world.until_done(token)

        assert first["link"] == second["link"]
        assert [0, 3] == sorted([first["being_inserted"], second["being_inserted"]])
        assert [1] * 3 == list((await world.qitech.created()).values())
        assert [1] == await world.announced(token)


class TestACancellationThatFails:
    """Scenario 7."""

    async def test_is_repeated_until_it_is_done(self, world: World) -> None:
        """Refused by our rules; the fourth attempt cancels it there, visible until then."""
        await world.qitech.play("s07_cancel_fails")
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)
        await world.until_done(token)

        [refused] = await world.partner_view(token)
        assert refused["portability"]["cancelling_at_provider"]
        await world.until_at_rest()

        [contract] = await world.partner_view(token)
        assert [ENDED] == await statuses(world, token)
        codes = [one["code"] for one in contract["portability"]["reasons"]]
        assert "rate_above_proposed" in codes
        assert not contract["portability"]["cancelling_at_provider"]
        assert 1 == len(await world.qitech.ledger("proposal_canceled"))
        [row] = await world.fetch(
            "SELECT attempts FROM operations WHERE kind = 'portability.cancel_proposal'"
        )
        assert row["attempts"] >= 4
        assert {} == await world.alive()


@asynccontextmanager
async def nobody_saves(database: Database) -> AsyncIterator[None]:
    """While this lasts, whoever wants to write to a contract waits for it."""
    async with database.unit_of_work(actor="test") as work:
        await work.fetch("SELECT id FROM envelope_contracts FOR UPDATE")
        yield


async def until_answered(tramita: Processes, count: int) -> None:
    """Wait until QI Tech has answered so many proposals, to the last byte."""

    async def is_so() -> bool:
        async with tramita.qitech.session.get("/qitech/__sim/journal?limit=1000") as answer:
            asked = (await answer.json())["items"]
        created = [one for one in asked if one["operation"] == "create_proposal"]
        return [one["delivery"] for one in created] == ["answered"] * count

    await until(is_so)


async def statuses(tramita: Any, token: str) -> list[tuple[str, str]]:
    """Both statuses of every contract."""
    return [
        (one["status"], one["portability"]["status"]) for one in await tramita.partner_view(token)
    ]


def told(listener: Listener) -> list[int]:
    """The progress a listener heard of."""
    return [one["done"] for one in listener.messages if one["type"] == "CONTRACT_PROGRESS"]
