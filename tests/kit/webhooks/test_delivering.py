"""Delivering one event to one endpoint, over a real socket."""

import asyncio
import json
import time
from datetime import timedelta
from importlib.metadata import version

import httpcore
import pytest
from aiohttp import web

from tests.forgetting import rows_of
from tests.hastening import let_pass
from tests.kit.webhooks.receivers import Office, Receiver
from tramita.kit.line import TransactionOpen
from tramita.kit.webhooks import courier
from tramita.kit.webhooks.courier import Letter
from tramita.kit.webhooks.retries import SCHEDULE

NOWHERE = "http://127.0.0.1:9/hook"
LAST_ATTEMPT = (
    "SELECT status, error, answer, milliseconds FROM webhook_attempts ORDER BY number DESC LIMIT 1"
)


class TestAnAttempt:
    async def test_is_signed_and_says_who_it_is(self, office: Office, receiver: Receiver) -> None:
        """As Standard Webhooks has it, with the number of the attempt."""
        _, key = await office.add_endpoint(receiver.url)
        [delivery] = await office.emit(status="PAGO")

        await office.deliver(delivery)

        [heard] = receiver.heard
        [(event, body)] = await rows_of(office.database, "webhook_events", "id, body")
        assert heard.is_signed_by(key)
        assert (event, "1") == (heard.headers["webhook-id"], heard.headers["webhook-attempt"])
        assert abs(time.time() - int(heard.headers["webhook-timestamp"])) < 60
        assert f"Tramita/{version('tramita')}" == heard.headers["user-agent"]
        assert "application/json" == heard.headers["content-type"]
        assert body.encode() == heard.body
        assert ["delivered"] == await office.states()

    async def test_repeats_id_and_body_to_the_byte(
        self, office: Office, receiver: Receiver
    ) -> None:
        """A receiver tells a repetition by its id; only time and number differ."""
        receiver.answers = [web.Response(status=500)]
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit(amount="1.00")

        await office.deliver(delivery)
        await office.deliver_when_due(delivery)

        first, second = receiver.heard
        assert first.body == second.body
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert ["1", "2"] == [one.headers["webhook-attempt"] for one in receiver.heard]
        assert ["delivered"] == await office.states()

    async def test_is_made_once_by_many_at_the_same_moment(
        self, office: Office, receiver: Receiver
    ) -> None:
        """Jobs may be repeated; attempts are not."""
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        await office.deliver(*[delivery] * 8)
        await office.deliver(delivery)

        assert 1 == len(receiver.heard)

    async def test_is_signed_with_both_secrets_for_a_day(
        self, office: Office, receiver: Receiver
    ) -> None:
        """So a receiver may change over whenever it likes; later only the new one signs."""
        endpoint, old = await office.add_endpoint(receiver.url)
        new = await office.rotate(endpoint)
        deliveries = await office.emit_times(2)

        await office.deliver(deliveries[0])
        await office.fetch("UPDATE webhook_endpoints SET previous_secret_until = now()")
        await office.deliver(deliveries[1])

        during, after = receiver.heard
        assert (True, True) == (during.is_signed_by(old), during.is_signed_by(new))
        assert (False, True) == (after.is_signed_by(old), after.is_signed_by(new))

    async def test_is_signed_with_the_last_five_secrets_that_were_changed_within_it(
        self, office: Office, receiver: Receiver
    ) -> None:
        """Two people changed it, or an answer was lost: the receiver may have any of them."""
        endpoint, first = await office.add_endpoint(receiver.url)
        secrets = [first, *[await office.rotate(endpoint) for _ in range(5)]]
        deliveries = await office.emit_times(2)

        await office.deliver(deliveries[0])
        await office.fetch("UPDATE webhook_endpoints SET previous_secret_until = now()")
        secrets.append(await office.rotate(endpoint))
        await office.deliver(deliveries[1])

        during, after = receiver.heard
        assert secrets[1:6] == [one for one in secrets if during.is_signed_by(one)]
        assert secrets[5:] == [one for one in secrets if after.is_signed_by(one)]

    async def test_waits_for_no_transaction_of_ours(self, office: Office) -> None:
        """A slow receiver must never hold our rows."""
        [row] = await office.fetch("SELECT gen_random_uuid() AS id")
        letter = Letter(row["id"], row["id"], 1, 1, "evt_1", "{}", NOWHERE, [])

        async def post_inside() -> None:
            async with office.database.unit_of_work():
                await office.runtime.webhooks.send(letter)

        with pytest.raises(TransactionOpen):
            await post_inside()


class TestAFailure:
    @pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
    async def test_is_tried_again(self, office: Office, receiver: Receiver, status: int) -> None:
        """Redirects are not followed, refusals are not believed at once."""
        receiver.answers = [web.Response(status=status, headers={"Location": receiver.url})]
        office.runtime.webhooks.chance = lambda: 0
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        await office.deliver(delivery)

        wait = "next_attempt_at - started_at BETWEEN interval '5 s' AND interval '15 s'"
        tables = "webhook_deliveries AS d JOIN webhook_attempts AS a ON a.delivery_id = d.id"
        assert (1, ["waiting"]) == (len(receiver.heard), await office.states())
        assert await office.one(f"SELECT {wait} FROM {tables}")
        assert status == await office.one("SELECT status FROM webhook_attempts")

    async def test_ends_when_the_schedule_does(self, office: Office, receiver: Receiver) -> None:
        """Bounded: the attempt after the last wait is the last."""
        receiver.answers = [web.Response(status=500) for _ in range(9)]
        office.runtime.webhooks.schedule = SCHEDULE[:2]
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        for _ in range(5):
            await office.deliver_when_due(delivery)

        assert (3, ["failed"]) == (len(receiver.heard), await office.states())
        assert await office.one("SELECT next_attempt_at IS NULL FROM webhook_deliveries")

    async def test_waits_as_long_as_it_is_asked_to(
        self, office: Office, receiver: Receiver
    ) -> None:
        """A busy receiver names its time."""
        receiver.answers = [web.Response(status=503, headers={"Retry-After": "3600"})]
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        await office.deliver(delivery)

        wait = "next_attempt_at - now() BETWEEN interval '55 minutes' AND interval '60 minutes'"
        assert await office.one(f"SELECT {wait} FROM webhook_deliveries")

    async def test_may_be_no_answer_in_time(self, office: Office, receiver: Receiver) -> None:
        """The deadline is for the whole exchange."""
        receiver.gate.clear()
        office.runtime.webhooks.deadline = timedelta(minutes=1)
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        delivering = asyncio.create_task(office.deliver(delivery))
        await receiver.until(lambda: len(receiver.heard) == 1)
        let_pass(60)
        await delivering

        [row] = await office.fetch(LAST_ATTEMPT)
        assert (None, "no whole answer within 60 s", "") == tuple(row)[:3]
        assert ["waiting"] == await office.states()

    async def test_may_be_no_connection(self, office: Office) -> None:
        """Nobody listens there."""
        await office.add_endpoint(NOWHERE)
        [delivery] = await office.emit()

        await office.deliver(delivery)

        [row] = await office.fetch(LAST_ATTEMPT)
        assert "no connection" == row["error"]
        assert ["waiting"] == await office.states()


class TestAnAnswer:
    async def test_is_kept_short_and_masked(self, office: Office, receiver: Receiver) -> None:
        """What a person wants to see of it, without what nobody should see."""
        told = json.dumps({"cpf": "16514548091", "nul": "\x00", "long": "x" * 1_000_000})
        receiver.answers = [web.Response(status=400, text=told + "\x00")]
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()

        await office.deliver(delivery)

        answer = await office.one("SELECT answer FROM webhook_attempts")
        assert 0 < len(answer) <= 2000
        assert "16514548091" not in answer

    async def test_counts_from_its_first_line(
        self, office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever has said 2xx has taken the event, even if the rest never comes."""
        receiver.trickles = True
        office.runtime.webhooks.deadline = timedelta(minutes=1)
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()
        is_read, read_header = asyncio.Event(), courier._header

        def read(response: httpcore.Response, name: bytes) -> str | None:
            is_read.set()
            return read_header(response, name)

        monkeypatch.setattr(courier, "_header", read)
        delivering = asyncio.create_task(office.deliver(delivery))
        async with asyncio.timeout(60):
            await is_read.wait()
        let_pass(60)
        await delivering

        [row] = await office.fetch(LAST_ATTEMPT)
        assert (200, "no whole answer within 60 s") == (row["status"], row["error"])
        assert ["delivered"] == await office.states()
