"""Who gets a delivery when: leases, lanes, disabled endpoints, what is lost and what is old."""

import asyncio
import signal
import sys
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web

from tests.kit.operations.acts import jobs
from tests.kit.webhooks.receivers import RULES, Office, Receiver, running_receiver
from tramita.kit.outbox.sending import enqueue_lost
from tramita.kit.webhooks.channel import CHANNEL, disable
from tramita.kit.webhooks.endpoints import change_endpoint

LANES = CHANNEL.lanes
ROOT = Path(__file__).parents[3]
ENDPOINT = "SELECT state, disabled_reason, disabled_at IS NOT NULL FROM webhook_endpoints"


async def run_jobs(office: Office) -> None:
    """Run what the queue holds until it holds nothing, as a worker would."""
    while rows := await office.fetch(
        "DELETE FROM pgqueuer RETURNING convert_from(payload, 'utf8')::json ->> 'delivery_id' AS id"
    ):
        await office.deliver(*(UUID(row["id"]) for row in rows))


async def sweep_lost(office: Office) -> None:
    """Look for what lost its job or its worker, as the schedule does."""
    async with office.database.unit_of_work() as work:
        await enqueue_lost(work, CHANNEL)


class TestALease:
    async def test_that_ran_out_repeats_the_attempt(
        self, office: Office, receiver: Receiver
    ) -> None:
        """At least once: whoever died may or may not have been heard."""
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()
        async with office.database.unit_of_work() as work:
            [abandoned] = await CHANNEL.take(work, [delivery])
        assert abandoned is not None

        await office.deliver(delivery)
        await office.fetch("UPDATE webhook_deliveries SET lease_until = now() - interval '1 s'")
        await office.deliver(delivery)

        numbers = "SELECT number, milliseconds IS NULL AS lost FROM webhook_attempts ORDER BY 1"
        assert ["2"] == [one.headers["webhook-attempt"] for one in receiver.heard]
        assert [(1, True), (2, False)] == [tuple(row) for row in await office.fetch(numbers)]
        assert ["delivered"] == await office.states()

    async def test_that_always_runs_out_ends_some_time(
        self, office: Office, receiver: Receiver
    ) -> None:
        """A delivery that its workers die of is not sent forever."""
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()
        async with office.database.unit_of_work() as work:
            await CHANNEL.take(work, [delivery])
        await office.fetch(
            "UPDATE webhook_deliveries SET lease_until = now() - interval '1 s', "
            "attempts = 20, tries = 20"
        )

        await office.deliver(delivery)

        assert ([], ["failed"]) == (receiver.heard, await office.states())

    async def test_that_ran_out_leaves_a_late_answer_without_effect(
        self, office: Office, receiver: Receiver
    ) -> None:
        """It is written down, and the attempt that took over decides."""
        receiver.gate.clear()
        receiver.answers = [web.Response(status=500)]
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        slow = asyncio.create_task(office.deliver(delivery))
        await receiver.until(lambda: len(receiver.heard) == 1)
        await office.fetch("UPDATE webhook_deliveries SET lease_until = now() - interval '1 s'")
        async with office.database.unit_of_work() as work:
            await CHANNEL.take(work, [delivery])
        receiver.gate.set()
        await slow

        assert ["sending"] == await office.states()
        statuses = await office.fetch("SELECT status FROM webhook_attempts ORDER BY number")
        assert [500, None] == [row["status"] for row in statuses]


class TestAKilledProcess:
    async def test_loses_no_event(self, office: Office, receiver: Receiver) -> None:
        """It dies in the middle of an attempt; the sweep finds it, and it is made again."""
        receiver.gate.clear()
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()
        victim = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.kit.webhooks.receivers",
            office.database.dsn,
            str(delivery),
            cwd=ROOT,
        )
        await receiver.until(lambda: len(receiver.heard) == 1)
        victim.send_signal(signal.SIGKILL)
        await victim.wait()
        receiver.gate.set()
        await office.fetch("DELETE FROM pgqueuer")
        lost = "lease_until = now() - interval '1 s', wake_at = now() - interval '1 s'"
        await office.fetch(f"UPDATE webhook_deliveries SET {lost}")

        await sweep_lost(office)
        await run_jobs(office)

        first, second = receiver.heard
        assert first.body == second.body
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert ["delivered"] == await office.states()


class TestASlowEndpoint:
    async def test_keeps_nobody_waiting(self, office: Office, receiver: Receiver) -> None:
        """It gets its lanes; another endpoint gets its events meanwhile; then all the rest."""
        await office.add_endpoint(receiver.url)
        await office.emit_times(LANES + 3)
        receiver.gate.clear()
        working = asyncio.create_task(run_jobs(office))
        await receiver.until(lambda: len(receiver.heard) == LANES)

        async with running_receiver() as other:
            endpoint, _ = await office.add_endpoint(other.url)
            both = await office.emit()
            await office.fetch(
                "DELETE FROM webhook_deliveries WHERE id = ANY($1::uuid[]) AND endpoint_id <> $2",
                both,
                endpoint,
            )
            await asyncio.gather(*(office.deliver(one) for one in both))
            assert (1, LANES) == (len(other.heard), len(receiver.heard))

        receiver.gate.set()
        await working
        await run_jobs(office)

        assert (LANES + 3, LANES) == (len(receiver.heard), receiver.most_under_way)
        assert {"delivered"} == set(await office.states())


class TestADisabledEndpoint:
    async def test_is_one_that_says_it_is_gone(self, office: Office, receiver: Receiver) -> None:
        """410 ends it at once; what still waits for it is cancelled."""
        receiver.answers = [web.Response(status=410)]
        await office.add_endpoint(receiver.url)
        first, *_ = await office.emit_times(3)

        await office.deliver(first)
        await run_jobs(office)

        [row] = await office.fetch(ENDPOINT)
        assert ("disabled", "it answered 410 Gone", True) == tuple(row)
        assert ["failed", "cancelled", "cancelled"] == await office.states()
        assert 1 == len(receiver.heard)

    async def test_is_none_that_was_enabled_since(self, office: Office, receiver: Receiver) -> None:
        """One of two says so and a person enables it: the other one was sent before that."""
        receiver.answers = [web.Response(status=410), web.Response(status=410)]
        endpoint, _ = await office.add_endpoint(receiver.url)
        _, second = await office.emit_times(2)
        receiver.gate.clear()
        late = asyncio.create_task(office.deliver(second))
        await receiver.until(lambda: len(receiver.heard) == 1)
        async with office.database.unit_of_work() as work:
            await disable(work, [endpoint], reason="it answered 410 Gone")
        async with office.database.unit_of_work() as work:
            await change_endpoint(work, endpoint, {"enabled": True}, rules=RULES)

        receiver.gate.set()
        await late
        [row] = await office.fetch(ENDPOINT)
        assert ("enabled", None, False) == tuple(row)

        third, *_ = await office.emit()
        await office.deliver(third)
        [row] = await office.fetch(ENDPOINT)
        assert "disabled" == row["state"]
        assert ["cancelled", "failed", "failed"] == await office.states()

    @pytest.mark.parametrize("status", [410, 500])
    async def test_is_none_whose_former_address_says_so(
        self, office: Office, receiver: Receiver, status: int
    ) -> None:
        """It was moved while that was asked: what is there no more is sent to where it is now."""
        receiver.answers = [web.Response(status=status)]
        receiver.gate.clear()
        endpoint, _ = await office.add_endpoint(receiver.url)
        first, second = await office.emit_times(2)
        delivering = asyncio.create_task(office.deliver(first))
        await receiver.until(lambda: len(receiver.heard) == 1)

        async with running_receiver() as other:
            async with office.database.unit_of_work() as work:
                await change_endpoint(work, endpoint, {"url": other.url}, rules=RULES)
            receiver.gate.set()
            await delivering

            [row] = await office.fetch(ENDPOINT)
            assert ("enabled", None, False) == tuple(row)
            assert await office.one("SELECT failing_since IS NULL FROM webhook_endpoints")
            await office.deliver_when_due(first)
            await office.deliver(second)

        assert ["delivered", "delivered"] == await office.states()
        assert (1, 2) == (len(receiver.heard), len(other.heard))

    async def test_is_one_that_has_failed_for_days(
        self, office: Office, receiver: Receiver
    ) -> None:
        """Without one success in between; a success begins the count anew."""
        receiver.answers = [web.Response(status=500), web.Response(), web.Response(status=500)]
        await office.add_endpoint(receiver.url)
        long_ago = "UPDATE webhook_endpoints SET failing_since = now() - interval '121 hours'"
        failing, fine, late = await office.emit_times(3)

        await office.deliver(failing)
        assert await office.one(
            "SELECT failing_since > now() - interval '1 minute' FROM webhook_endpoints"
        )
        await office.fetch(long_ago)
        await office.deliver(fine)
        assert await office.one("SELECT failing_since IS NULL FROM webhook_endpoints")
        await office.fetch(long_ago)
        await office.deliver(late)

        [row] = await office.fetch(ENDPOINT)
        assert ("disabled", "it has only failed for five days", True) == tuple(row)
        assert ["cancelled", "delivered", "cancelled"] == await office.states()

    async def test_gets_nothing(self, office: Office, receiver: Receiver) -> None:
        """Not even what was emitted in the moment before."""
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()
        await office.fetch("UPDATE webhook_endpoints SET state = 'disabled'")

        await office.deliver(delivery)

        assert ([], ["cancelled"]) == (receiver.heard, await office.states())

    async def test_is_not_tried_again_after_the_attempt_under_way(
        self, office: Office, receiver: Receiver
    ) -> None:
        """Endless retries after switching off are somebody's full disk."""
        receiver.answers = [web.Response(status=500)]
        receiver.gate.clear()
        endpoint, _ = await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        sending = asyncio.create_task(office.deliver(delivery))
        await receiver.until(lambda: len(receiver.heard) == 1)
        async with office.database.unit_of_work(actor="test") as work:
            await disable(work, [endpoint], reason="enough")
        receiver.gate.set()
        await sending

        assert ["cancelled"] == await office.states()


class TestTheSweep:
    async def test_enqueues_what_lost_its_job(self, office: Office, receiver: Receiver) -> None:
        """Once; what waits for its time or has an end is left alone."""
        await office.add_endpoint(receiver.url)
        lost, _ = await office.emit_times(2)
        await office.fetch("DELETE FROM pgqueuer")
        await office.fetch(
            "UPDATE webhook_deliveries SET wake_at = now() - interval '1 s' WHERE id = $1", lost
        )

        await sweep_lost(office)
        await sweep_lost(office)

        assert ["webhooks.deliver"] == await jobs(office.database)
        await run_jobs(office)
        assert ["delivered", "waiting"] == await office.states()
