"""Telling of something inside the unit of work that makes it so."""

import json
from datetime import datetime

import pytest

from tests.kit.operations.acts import jobs
from tests.kit.webhooks.receivers import CHANGED, ENDED, Office
from tramita.kit.identifiers import new_id
from tramita.kit.webhooks.channel import BODY
from tramita.kit.webhooks.emission import NewEvent, emit, emit_many

URL = "http://127.0.0.1:9/hook"


class TestEmit:
    async def test_writes_event_delivery_and_job(self, office: Office) -> None:
        """All of it with the change it tells of."""
        await office.add_endpoint(URL)
        subject = new_id()

        async with office.database.unit_of_work() as work:
            await emit(work, CHANGED, subject, {"status": "PAGO", "of": subject})
            now = await work.now()

        [event] = await office.fetch("SELECT * FROM webhook_events")
        body = json.loads(office.database.keys.decrypt(event["body"], BODY))
        assert (CHANGED.name, subject) == (event["type"], event["subject_id"])
        assert ["id", "type", "timestamp", "data"] == list(body)
        assert (event["id"], CHANGED.name) == (body["id"], body["type"])
        assert now == event["occurred_at"] == datetime.fromisoformat(body["timestamp"])
        assert {"status": "PAGO", "of": str(subject)} == body["data"]
        assert ["waiting"] == await office.states()
        assert ["webhooks.deliver"] == await jobs(office.database)

    async def test_says_nothing_of_what_did_not_happen(self, office: Office) -> None:
        """An event of a transaction that rolls back does not exist, nor does its job."""
        await office.add_endpoint(URL)

        async def emit_and_fail() -> None:
            async with office.database.unit_of_work() as work:
                await emit(work, CHANGED, new_id(), {})
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await emit_and_fail()

        assert [] == await office.fetch("SELECT FROM webhook_events")
        assert [] == await jobs(office.database)

    async def test_stores_nothing_when_nobody_listens(self, office: Office) -> None:
        """Neither for want of endpoints, nor when they want other events or are disabled."""
        await office.add_endpoint(URL, [ENDED.name])
        disabled, _ = await office.add_endpoint(URL)
        await office.fetch(
            "UPDATE webhook_endpoints SET state = 'disabled' WHERE id = $1", disabled
        )

        await office.emit(CHANGED)

        assert [] == await office.fetch("SELECT FROM webhook_events")
        assert [] == await jobs(office.database)

    async def test_reaches_each_endpoint_that_wants_it(self, office: Office) -> None:
        """Many events, many endpoints; each gets what it asked for, once."""
        everything, _ = await office.add_endpoint(URL)
        ends, _ = await office.add_endpoint(URL, [ENDED.name])
        subject = new_id()

        async with office.database.unit_of_work() as work:
            await emit_many(
                work, [NewEvent(kind, subject, {}) for kind in (CHANGED, ENDED, CHANGED)]
            )

        rows = await office.fetch(
            "SELECT e.type, d.endpoint_id FROM webhook_deliveries AS d "
            "JOIN webhook_events AS e ON e.id = d.event_id ORDER BY d.id"
        )
        assert [
            (CHANGED.name, everything),
            (ENDED.name, everything),
            (ENDED.name, ends),
            (CHANGED.name, everything),
        ] == [tuple(row) for row in rows]
