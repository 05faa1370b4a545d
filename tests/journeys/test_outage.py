"""QI Tech is down for a while, or slow: nothing is lost, nothing storms, all ends well."""

import time
from asyncio import gather
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.sendings import sent_blindly
from tests.world import World, envelope, running_world, until
from tramita.kit.database.engine import Database
from tramita.portability.provider import PROVIDER

ENVELOPES = 200
AT_ONCE = 20
# While QI Tech is down it is tried so often; in a lender's day every five seconds.
PROBED_EVERY = timedelta(seconds=0.2)
FAILURES_UNTIL_OPEN = 10
MOST_ATTEMPTS = 12


@pytest.fixture
async def world(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """A world with few places for calls, and little time beside a call's deadline."""
    monkeypatch.setenv("TRAMITA_QITECH_CONCURRENCY", str(AT_ONCE))
    monkeypatch.setenv("TRAMITA_QITECH_DEADLINE", "3")
    async with running_world(database, database_url, tmp_path, operation_grace=0.3) as world:
        yield world
        await world.end_well()


class TestAnOutage:
    @pytest.mark.soak
    async def test_costs_nothing_but_time(self, world: World) -> None:
        """Two hundred envelopes wait through it; each contract is then accepted once."""
        world.runtime.exchanges[PROVIDER].breaker.pause = PROBED_EVERY
        await go_down(world)
        started = time.monotonic()
        tokens = await gather(*(one_envelope(world) for _ in range(ENVELOPES)))

        await until_up_again(world)
        await assert_calm(world, lasted=time.monotonic() - started)
        await world.until_at_rest()
        await gather(*map(world.until_done, tokens))

        created = await world.qitech.created()
        assert (ENVELOPES, {1}) == (len(created), set(created.values()))
        assert [[1]] * ENVELOPES == [await world.announced(token) for token in tokens]
        assert [(ENVELOPES, "FORMALIZACAO_CLIENTE")] == await world.fetch(
            "SELECT count(*), portability_status FROM envelope_contracts GROUP BY 2"
        )
        assert [] == await sent_blindly(world.database)
        assert 1 < await world.qitech.most_at_once() <= AT_ONCE


class TestASlowProvider:
    @pytest.mark.soak
    async def test_is_waited_for(self, world: World) -> None:
        """Each answer takes longer than the grace of a lease: asking and acting go on."""
        await world.qitech.delay(700)
        await world.qitech.fail("lost_after")
        await world.qitech.fail("http_503", operation="update_proposal")
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)
        await world.until_done(token)
        [accepted] = await world.partner_view(token)

        async with world.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
            assert 200 == answer.status
        await world.until_at_rest(deadline=30)

        assert "FORMALIZACAO_CLIENTE" == accepted["portability"]["status"]
        assert 1 == len(await world.qitech.ledger("proposal_canceled"))


async def go_down(world: World) -> None:
    """Let every call fail for some seconds: broken answers and a closed port in turn.

    The faults strike in this order, each until it is spent; then all is well, and takes 50 ms.
    """
    await world.qitech.delay(50)
    for broken in (30, 5, 5):
        await world.qitech.fail("http_503", operation=None, count=broken)
        await world.qitech.fail("connect_refused", operation=None, arguments={"seconds": 1.0})


async def one_envelope(world: World) -> str:
    """An envelope of one portability whose link was sent."""
    token = await world.make_envelope(envelope(portabilities=1))
    await world.send_link(token)
    return token


async def until_up_again(world: World) -> None:
    """Wait until the last fault is spent."""

    async def is_up() -> bool:
        try:
            faults = await world.qitech.faults()
        except aiohttp.ClientConnectionError:
            return False
        return all(one["struck"] == one["count"] for one in faults)

    await until(is_up, deadline=60)


async def assert_calm(world: World, *, lasted: float) -> None:
    """Nobody was called in a storm: the first calls, then a probe now and then."""
    [failed] = await world.fetch("SELECT count(*) AS n FROM exchanges WHERE error IS NOT NULL")
    [most] = await world.fetch("SELECT max(attempts) AS n FROM operations")
    probes = lasted / PROBED_EVERY.total_seconds() + 1
    assert failed["n"] <= FAILURES_UNTIL_OPEN + AT_ONCE + probes
    assert most["n"] <= MOST_ATTEMPTS
