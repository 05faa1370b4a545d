"""The reference scenarios 8 to 12 of the simulator's specification, played over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.journeys.later import first_to_come, go_to, offered, settled
from tests.world import World, envelope, running_world, until
from tramita.kit.database.engine import Database
from tramita.portability.words import client_words

# The day on which the origin bank is asked, and its fifth business day, counted by hand: 15
# and 20 November are holidays.
ACROSS_THE_HOLIDAY: Final = {
    date(2026, 11, 18): date(2026, 11, 26),
    date(2028, 11, 16): date(2028, 11, 24),
    date(2029, 11, 16): date(2029, 11, 26),
}
# Five days after each comes the Sunday before a national holiday on a Monday.
BEFORE_A_LONG_WEEKEND: Final = [date(2027, 2, 2), date(2027, 11, 9), date(2028, 11, 14)]
AT_ONCE: Final = 8


class TestRetainedOnTheFifthBusinessDay:
    """Scenario 8."""

    async def test_ends_with_the_banks_reason(self, world: World) -> None:
        """20 November is no business day; the client reads why, in words of theirs."""
        day = first_to_come(ACROSS_THE_HOLIDAY)
        due = ACROSS_THE_HOLIDAY[day]
        await go_to(world, day, 12)
        [contract] = await offered(world)
        await contract.to_origin()
        asked = await contract.portability()

        await go_to(world, due, 16)
        await settled(world)
        waiting = await contract.until(stage="at_origin")
        await contract.act("origin_bank", "retain", reason="issuer_lawsuit")
        seen = await contract.until(status="RETIDO")

        assert due.isoformat() == asked["balance_due_on"] == waiting["balance_due_on"]
        view, shown = await contract.view(), await contract.details()
        assert ("CANCELADO", "RETIDO") == (view["status"], view["portability"]["status"])
        assert ["retained_issuer_lawsuit"] == [one["code"] for one in seen["reasons"]]
        words = client_words("retained_issuer_lawsuit")
        assert [words] == shown["portability"]["reasons"]
        assert words != client_words("retained_nobody_knows")
        assert "cancelled" == await contract.core_state()

    async def test_may_be_played_by_the_clock(self, world: World) -> None:
        """The simulator's own scenario retains every client within five business days."""
        await world.qitech.play("s08_retained_on_day_five")
        [contract] = await offered(world)
        await contract.act("client", "sign")

        async def is_retained() -> bool:
            await world.advance(timedelta(days=1))
            await settled(world)
            return bool((await contract.portability())["status"] == "RETIDO")

        await until(is_retained)

        assert "cancelled" == await contract.core_state()


class TestAWebhookBeforeTheAnswer:
    """Scenario 9."""

    async def test_changes_nothing(self, world: World) -> None:
        """Every webhook is there before its answer: one proposal each, one end."""
        await world.qitech.play("s09_webhook_before_answer")
        token = await world.make_envelope(envelope(portabilities=4))

        async with world.listening(token) as listener:
            await world.send_link(token)
            await listener.until()
        await settled(world)

        seen = await world.partner_view(token)
        assert {"FORMALIZACAO_CLIENTE"} == {one["portability"]["status"] for one in seen}
        assert {"offered"} == {one["portability"]["stage"] for one in seen}
        assert {None} == {one["portability"]["conflict"] for one in seen}
        assert {1} == set((await world.qitech.created()).values())
        posted = await world.qitech.deliveries()
        assert {("webhook_before_answer", "delivered")} == {
            (one["disorder"], one["status"]) for one in posted
        }


@pytest.fixture
async def careful_world(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """A world that has few calls under way at once."""
    monkeypatch.setenv("TRAMITA_QITECH_CONCURRENCY", f"{AT_ONCE}")
    async with running_world(database, database_url, tmp_path) as world:
        yield world
        await world.end_well()


class TestAnOutage:
    """Scenario 10; with 200 envelopes: ``test_storm.py``."""

    async def test_is_recovered_from_within_the_limit(self, careful_world: World) -> None:
        """Nothing is parked or sent twice, and the provider is not trampled when it is back."""
        world = careful_world
        tokens = [await world.make_envelope(envelope(portabilities=3)) for _ in range(20)]
        await world.qitech.play("s10_outage")
        await world.qitech.delay(50)
        await asyncio.gather(*map(world.send_link, tokens))

        async def are_all_in_doubt() -> bool:
            left = await world.fetch("SELECT FROM operations WHERE state IN ('PREPARED', 'SENT')")
            return not left

        await until(are_all_in_doubt)
        await world.qitech.play("normal")
        await world.qitech.delay(50)
        await asyncio.gather(*(world.until_done(token, deadline=90) for token in tokens))

        seen = [one for token in tokens for one in await world.partner_view(token)]
        assert {("FORMALIZACAO_CLIENTE", False)} == {
            (one["portability"]["status"], one["portability"]["needs_attention"]) for one in seen
        }
        assert [1] * 60 == list((await world.qitech.created()).values())
        assert [[1]] * 20 == [await world.announced(token) for token in tokens]
        assert await world.qitech.most_at_once() <= AT_ONCE


class TestAMixedEnvelope:
    """Scenario 11."""

    async def test_lets_go_ahead_what_needs_no_proposal(self, world: World) -> None:
        """The card waits for its client at once; the details wait for the portabilities."""
        await world.qitech.play("s11_mixed_envelope")
        token = await world.make_envelope(envelope())

        sent = await world.send_link(token)
        during = await world.partner_view(token)
        details = await world.details(token)
        await world.until_done(token)

        assert (5, 4) == (sent["contracts"], sent["being_inserted"])
        assert ["DIGITACAO"] * 4 + ["AGUARDANDO_FORMALIZACAO"] == [one["status"] for one in during]
        assert details["not_ready"]
        after = (await world.details(token))["contracts"]
        assert {"AGUARDANDO_FORMALIZACAO"} == {one["status"] for one in after}
        assert 4 == len(await world.qitech.ledger())


class TestAConsentOverALongWeekend:
    """Scenario 12."""

    @pytest.mark.parametrize("is_told", [True, False], ids=["told", "asked"])
    async def test_expires_on_the_fifth_calendar_day(self, world: World, is_told: bool) -> None:
        """A Sunday before a holiday counts; where no webhook tells of it, polling finds out."""
        await world.qitech.play("s12_consent_on_holiday_weekend")
        day = first_to_come(BEFORE_A_LONG_WEEKEND)
        sunday = day + timedelta(days=5)
        await go_to(world, day, 12)
        [contract] = await offered(world)
        await contract.act("client", "sign")
        await contract.act("ctc", "accept")
        asked = await contract.until(stage="at_origin", consent=consent("awaiting", sunday))
        if not is_told:
            await world.qitech.fail_webhook("webhook_lost", count=None)

        await go_to(world, sunday, 11)
        await settled(world)
        still = await contract.portability()
        await go_to(world, sunday, 13)
        if not is_told:
            # Asked once the day is over, and not every minute before.
            await go_to(world, sunday + timedelta(days=1), 4)
        ended = await contract.until(status="CANCELADO")
        await settled(world)

        assert sunday.isoformat() < asked["balance_due_on"]
        assert "AGUARDANDO_SALDO" == still["status"]
        assert consent("expired", sunday) == ended["consent"]
        assert ["consent_expired"] == [one["code"] for one in ended["reasons"]]
        shown = await contract.details()
        assert [client_words("consent_expired")] == shown["portability"]["reasons"]
        assert "cancelled" == await contract.core_state()
        assert None is (await contract.portability())["conflict"]


def consent(status: str, day: date) -> dict[str, str]:
    """A consent as a partner sees it."""
    return {"status": status, "expires_on": day.isoformat()}
