"""The post office of a vendor, with a real server that subscribes to it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.simulation.bakery import loaf, make_bakery
from tests.simulation.conftest import Street
from tests.simulation.receiver import Receiver, running_receiver
from tests.world import until
from tramita.simulation.deliveries import KEPT
from tramita.simulation.dispatch import GAPS, Status
from tramita.simulation.server import running_simulators


@pytest.fixture
async def receiver(street: Street) -> AsyncIterator[Receiver]:
    """A subscriber of the bakery's webhooks; the bakery's clock stands still."""
    async with running_receiver() as receiver:
        street.bakery.world.clock.freeze()
        status, _ = await street.control("POST", "webhooks", {"url": receiver.url})
        assert 200 == status
        yield receiver


async def deliveries(street: Street, query: str = "") -> list[dict[str, Any]]:
    """What the control plane lists."""
    items: list[dict[str, Any]] = (await street.control("GET", f"deliveries{query}"))[1]["items"]
    return items


async def until_tried(street: Street, attempts: int) -> None:
    """Wait until the last delivery was tried so often."""
    last = street.bakery.world.post_office.all()[-1]

    async def is_so() -> bool:
        await asyncio.sleep(0)
        return len(last.attempts) >= attempts

    await until(is_so)


async def until_settled(street: Street) -> None:
    """Wait until nothing is under way any more."""

    async def is_so() -> bool:
        await asyncio.sleep(0)
        return not any(
            one.status is Status.WAITING or one.is_under_way
            for one in street.bakery.world.post_office.all()
        )

    await until(is_so)


class TestDelivery:
    async def test_tells_the_subscriber_signed(self, street: Street, receiver: Receiver) -> None:
        """A webhook arrives with the vendor's body and a signature over the path."""
        await street.order("eva")

        [told] = await receiver.until(1)

        assert {"client": "eva", "status": "baked"} == told.document
        assert ("anna", "/hooks/bakery", "0") == tuple(
            told.headers[name] for name in ("x-baker", "x-path", "x-age")
        )

    async def test_is_listed_with_its_attempts(self, street: Street, receiver: Receiver) -> None:
        """The control plane shows type, subject, state, attempts and body."""
        await street.order("eva")
        await until_settled(street)

        [shown] = await deliveries(street, "?subject=eva")

        assert ("loaf", "eva", "delivered") == (shown["type"], shown["subject"], shown["status"])
        assert [(204, None)] == [(one["status"], one["error"]) for one in shown["attempts"]]
        assert {"client": "eva", "status": "baked"} == shown["body"]
        assert [] == await deliveries(street, "?subject=ben")
        assert receiver.received

    async def test_keeps_the_order_of_a_subject(self, street: Street, receiver: Receiver) -> None:
        """What follows waits for what failed; other subjects do not."""
        receiver.statuses = [500]
        for status in ("mixed", "baked", "sold"):
            street.bakery.world.post_office.post(loaf("eva", status))
        await receiver.until(1)
        street.bakery.world.post_office.post(loaf("ben", "baked"))
        await receiver.until(2)
        await street.until_posted()

        street.bakery.world.clock.advance(GAPS[0])
        await receiver.until(5)

        assert [
            *(("eva", "mixed"), ("ben", "baked")),
            *(("eva", "mixed"), ("eva", "baked"), ("eva", "sold")),
        ] == [(one.document["client"], one.document["status"]) for one in receiver.received]

    async def test_leaves_after_the_answer(self, street: Street, receiver: Receiver) -> None:
        """An answer that is held holds the webhook too, and is not held by it."""
        receiver.is_silent = True
        await street.control("POST", "faults", {"kind": "answer_held"})
        ordered = asyncio.create_task(street.order("eva"))
        await street.until_baked()

        assert [] == receiver.received
        await street.let_go()
        assert 201 == (await ordered)[0]
        await receiver.until(1)

    async def test_does_not_wait_for_ever_for_an_answer(
        self, street: Street, receiver: Receiver
    ) -> None:
        """Five seconds of virtual time later the webhook goes before the answer."""
        await street.control("POST", "faults", {"kind": "answer_held"})
        ordered = asyncio.create_task(street.order("eva"))
        await street.until_baked()

        street.bakery.world.clock.advance(timedelta(seconds=5))
        await receiver.until(1)

        assert not ordered.done()
        ordered.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ordered


class TestRetry:
    @pytest.mark.parametrize("status", [302, 404, 500])
    async def test_comes_when_the_clock_says_so(
        self, street: Street, receiver: Receiver, status: int
    ) -> None:
        """Only a 2xx is success; the same bytes come again a virtual minute later."""
        receiver.statuses = [status]
        await street.order("eva")
        await until_tried(street, 1)
        waiting = await deliveries(street)

        await street.control("POST", "clock", {"advance": "59s"})
        await asyncio.sleep(0)
        early = len(receiver.received)
        await street.control("POST", "clock", {"advance": "1s"})
        first, second = await receiver.until(2)

        assert ("waiting", 1, [status]) == (
            waiting[0]["status"],
            early,
            [attempt["status"] for attempt in waiting[0]["attempts"]],
        )
        assert first.body == second.body

    async def test_ends_after_eight_deliveries(self, street: Street, receiver: Receiver) -> None:
        """The gaps grow from a minute to twelve hours; then it has failed for good."""
        receiver.statuses = [500] * 8
        await street.order("eva")
        for attempt, gap in enumerate(GAPS, start=1):
            await until_tried(street, attempt)
            street.bakery.world.clock.advance(gap)
        await until_settled(street)
        street.bakery.world.clock.advance(timedelta(days=2))

        [shown] = await deliveries(street)
        moments = [one.at for one in street.bakery.world.post_office.all()[0].attempts]

        assert ("failed", 8) == (shown["status"], len(receiver.received))
        assert timedelta(hours=22, minutes=21) == moments[-1] - moments[0]

    async def test_follows_silence_and_absence(self, street: Street) -> None:
        """A port where nobody listens is a failed attempt like any other."""
        await street.control("POST", "webhooks", {"url": "http://127.0.0.1:9/hook"})

        await street.order("eva")
        await until_tried(street, 1)

        [attempt] = (await deliveries(street))[0]["attempts"]
        assert attempt["status"] is None
        assert attempt["error"].startswith("ClientConnector")

    async def test_can_be_asked_for_by_hand(self, street: Street, receiver: Receiver) -> None:
        """Resending sends again at once, whatever became of the first."""
        await street.order("eva")
        await until_settled(street)

        status, shown = await street.control("POST", "deliveries/1/resend")
        await receiver.until(2)
        await until_settled(street)

        assert (200, 1) == (status, shown["id"])
        assert ["delivered"] == [one["status"] for one in await deliveries(street)]
        assert 404 == (await street.control("POST", "deliveries/99/resend"))[0]


class TestPage:
    async def test_is_told_the_last_deliveries(self, street: Street, receiver: Receiver) -> None:
        """The state behind the page names the subscriber and the newest deliveries first."""
        street.bakery.world.post_office.post(loaf("eva", "mixed"))
        street.bakery.world.post_office.post(loaf("eva", "baked"))
        await until_settled(street)

        _, state = await street.control("GET", "state")

        assert receiver.url == state["post"]["url"]
        assert [("baked", "delivered", 1), ("mixed", "delivered", 1)] == [
            (one["about"], one["status"], one["attempts"]) for one in state["post"]["last"]
        ]


class TestSubscription:
    async def test_is_nobody_at_first(self, street: Street) -> None:
        """Without a subscriber webhooks are kept, and no fault is spent on them."""
        await street.control("POST", "faults", {"kind": "webhook_lost"})

        await street.order("eva")

        assert {"url": None} == (await street.control("GET", "webhooks"))[1]
        assert ["not delivered: nobody subscribed"] == [
            one["status"] for one in await deliveries(street)
        ]
        assert 0 == street.bakery.world.faults.all()[0].struck

    @pytest.mark.parametrize(
        "url", ["http://192.0.2.1/hook", "https://127.0.0.1/hook", "http://example.com", "x"]
    )
    async def test_is_of_this_machine_only(self, street: Street, url: str) -> None:
        """A simulator posts to loopback addresses only."""
        status, body = await street.control("POST", "webhooks", {"url": url})

        assert (400, None) == (status, street.bakery.world.post_office.url)
        assert "not on this machine" in body["error"]

    async def test_survives_a_reset_where_it_is_the_default(self, street: Street) -> None:
        """A reset forgets deliveries and goes back to the subscriber of the settings."""
        office = street.bakery.world.post_office
        office.subscribe_by_default("http://127.0.0.1:1/hook")
        await street.order("eva")
        await street.control("POST", "webhooks", {"url": None})

        await street.control("POST", "reset", {})

        assert ("http://127.0.0.1:1/hook", []) == (office.url, office.all())

    async def test_keeps_a_bounded_number(self, street: Street) -> None:
        """The oldest fall out, however many there are."""
        office = street.bakery.world.post_office
        for number in range(KEPT + 5):
            office.post(loaf(f"client {number}", "baked"))

        assert (KEPT, "client 5") == (len(office.all()), office.all()[0].subject)


class TestEnd:
    async def test_leaves_nothing_running(self) -> None:
        """The server's end ends deliveries under way and leaves no task behind."""
        bakery = make_bakery()
        async with running_receiver() as receiver:
            async with running_simulators([bakery]):
                bakery.world.post_office.subscribe(receiver.url)
                receiver.is_silent = True
                bakery.world.post_office.post(loaf("eva", "baked"))
                await receiver.until(1)
                during = tasks_of_office()

            assert (2, 0) == (during, tasks_of_office())
            assert Status.WAITING is bakery.world.post_office.all()[0].status


def tasks_of_office() -> int:
    """How many tasks of a post office there are in this loop."""
    return sum("PostOffice" in repr(task) for task in asyncio.all_tasks())
