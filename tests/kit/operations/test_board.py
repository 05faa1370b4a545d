"""How providers are, in figures: what is told of each, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest

from tests.kit.operations.acts import LEASES, Area, Orders, prepare, rows
from tramita.kit.database.engine import Database
from tramita.kit.operations import ledger
from tramita.kit.operations.board import ProviderStanding, tell_providers
from tramita.kit.operations.figures import count_hours, tell_hours, tell_minutes
from tramita.kit.operations.kind import OperationKind
from tramita.kit.operations.maintenance import NothingHeldBack, close_breakers_of
from tramita.kit.operations.paused import pause
from tramita.kit.provider import Provider, ProviderSettings

KIND = Area().kind


class House:
    """One provider that takes orders, and another that does nothing for us."""

    installed = {
        "acme": Provider("acme", "Acme", ProviderSettings, {Orders: lambda _: None}),
        "idle": Provider("idle", "Idle", ProviderSettings, {}),
    }
    kinds: dict[str, OperationKind[Any, Any]] = {KIND.name: KIND}

    def missing(self, provider: str) -> str | None:
        return "it is not configured" if provider == "idle" else None


HOUSE = House()


async def say(database: Database, count: int, *, age: timedelta, failed: int = 0) -> None:
    """Exchanges with Acme, of 1, 2, 3 … ms, the first of which failed."""
    await rows(
        database,
        """
        INSERT INTO exchanges (operation_id, attempt, provider, method, path, request, status, answer,
                               error, outcome, started_at, milliseconds)
        SELECT gen_random_uuid(), 1, 'acme', 'GET', '/', '', 200, '',
               CASE WHEN n <= $3 THEN 'HTTP 503' END, 'done', tramita_now() - $2::interval, n
        FROM generate_series(1, $1) AS n
        """,
        count,
        age,
        failed,
    )


async def board(database: Database) -> dict[str, ProviderStanding]:
    async with database.unit_of_work() as work:
        return {one.provider: one for one in await tell_providers(HOUSE, work)}


class TestTheBoard:
    async def test_tells_of_every_provider(self, database: Database) -> None:
        """What waits, since when, how it answered within the hour; also one that does nothing."""
        await prepare(database, KIND, 3)
        await rows(database, "UPDATE operations SET created_at = created_at - interval '1 hour'")
        await say(database, 100, age=timedelta(minutes=5), failed=10)
        await say(database, 50, age=timedelta(hours=3))
        await rows(
            database,
            "INSERT INTO inbox (id, provider, vendor_id, body, received_at) "
            "VALUES (gen_random_uuid(), 'acme', 'x', '\\x00', tramita_now())",
        )

        told = await board(database)

        acme, idle = told["acme"], told["idle"]
        assert acme.hour is not None
        assert (100, 10, 50, 95) == (
            acme.hour.exchanges,
            acme.hour.failed,
            acme.hour.p50,
            acme.hour.p95,
        )
        assert (3, 0, 1, [KIND.name]) == (acme.waiting, acme.in_flight, acme.unread, acme.kinds)
        assert acme.oldest_waiting_at is not None
        assert acme.last_message_at is not None
        assert acme.last_message_at - acme.oldest_waiting_at > timedelta(minutes=59)
        assert (None, 0, "it is not configured") == (idle.hour, idle.waiting, idle.missing)

    async def test_counts_no_further_than_is_told(self, database: Database) -> None:
        """One more stands for more; whoever asks for all is told of all."""
        await prepare(database, KIND, 5)

        async with database.unit_of_work() as work:
            told = await tell_providers(HOUSE, work, most=2)

        assert (3, 5) == (told[0].waiting, (await board(database))["acme"].waiting)

    async def test_has_nothing_in_flight_of_what_died(self, database: Database) -> None:
        """A maintenance may begin although a worker was killed in the middle of a call."""
        ids = await prepare(database, KIND, 2)
        async with database.unit_of_work(actor="test") as work:
            await ledger.take(work, ids, leases=LEASES)
            await pause(work, "acme", why="they said so")
        await rows(
            database,
            "UPDATE operations SET lease_until = now() - interval '1 minute' WHERE id = $1",
            ids[0],
        )

        acme = (await board(database))["acme"]

        assert (1, 1) == (acme.in_flight, acme.waiting)

    async def test_refuses_to_close_what_is_not_open(self, database: Database) -> None:
        """Whoever presses it hears that nobody holds calls back."""
        with pytest.raises(NothingHeldBack):
            async with database.unit_of_work(actor="ana") as work:
                await close_breakers_of(HOUSE, work, "acme")


class TestHours:
    async def test_are_counted_once_and_grow(self, database: Database) -> None:
        """The last hour is counted again, as it goes on; the ones before stand."""
        # Half past, so that no other begins meanwhile.
        await rows(
            database,
            "UPDATE clock SET \"offset\" = date_trunc('hour', now()) + interval '90 minutes' - now()",
        )
        await say(database, 10, age=timedelta(hours=30), failed=2)
        await say(database, 5, age=timedelta(0))
        # Nobody has counted since the day before yesterday.
        await rows(
            database,
            "INSERT INTO provider_hours VALUES "
            "(date_trunc('hour', tramita_now()) - interval '40 hours', 'other', 1, 0, 1, 1)",
        )
        for _ in range(2):
            async with database.unit_of_work(actor="figures") as work:
                await count_hours(work)
        await say(database, 5, age=timedelta(0))
        async with database.unit_of_work(actor="figures") as work:
            await count_hours(work)
            hours, minutes = await tell_hours(work, "acme"), await tell_minutes(work, "acme")

        assert [(10, 2), (10, 0)] == [(one.exchanges, one.failed) for one in hours]
        assert 10 == sum(one.exchanges for one in minutes)

    async def test_reads_no_hour_anew_in_a_night_without_exchanges(
        self, database: Database
    ) -> None:
        """From the last hour that was counted on, and nothing before it."""
        await say(database, 10, age=timedelta(hours=30))
        await rows(
            database,
            "INSERT INTO provider_hours VALUES "
            "(date_trunc('hour', tramita_now()) - interval '5 hours', 'acme', 7, 0, 1, 1)",
        )

        async with database.unit_of_work(actor="figures") as work:
            await count_hours(work)
            hours = await tell_hours(work, "acme")

        assert [7] == [one.exchanges for one in hours]
