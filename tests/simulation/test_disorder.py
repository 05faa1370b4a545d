"""Webhooks that go astray because a fault says so."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.simulation.bakery import loaf
from tests.simulation.conftest import Street
from tests.simulation.receiver import Receiver, running_receiver
from tests.world import until


@pytest.fixture
async def receiver(street: Street) -> AsyncIterator[Receiver]:
    """A subscriber of the bakery's webhooks; the bakery's clock stands still."""
    async with running_receiver() as receiver:
        street.bakery.world.clock.freeze()
        street.bakery.world.post_office.subscribe(receiver.url)
        yield receiver


async def fail(street: Street, kind: str, **fault: Any) -> None:
    """Set a fault on webhooks."""
    order = {"operation": "webhook", "kind": kind, **fault}
    status, body = await street.control("POST", "faults", order)
    assert 201 == status, body


def post(street: Street, *statuses: str, client: str = "eva") -> None:
    """Let the bakery tell of a client's loaf."""
    for status in statuses:
        street.bakery.world.post_office.post(loaf(client, status))


def heard(receiver: Receiver) -> list[str]:
    """What was told, in the order of arrival."""
    return [one.document["status"] for one in receiver.received]


def advance(street: Street, **span: float) -> None:
    """Move the bakery's time."""
    street.bakery.world.clock.advance(timedelta(**span))


class TestDisorder:
    @pytest.mark.parametrize(("times", "comes"), [(None, 2), (5, 5), (9, 5)])
    async def test_repeats(
        self, street: Street, receiver: Receiver, times: int | None, comes: int
    ) -> None:
        """A duplicate comes two to five times, with the same bytes."""
        arguments = {} if times is None else {"times": times}
        await fail(street, "webhook_duplicate", arguments=arguments)

        post(street, "baked")
        received = await receiver.until(comes)

        assert 1 == len({one.body for one in received})
        assert comes == len(street.bakery.world.post_office.all())

    async def test_reorders(self, street: Street, receiver: Receiver) -> None:
        """A reordered one waits until the next of its subject went out."""
        await fail(street, "webhook_reordered", match={"status": "mixed"})

        post(street, "mixed")
        post(street, "sold", client="ben")
        await receiver.until(1)
        post(street, "baked")
        await receiver.until(3)

        assert ["sold", "baked", "mixed"] == heard(receiver)

    async def test_does_not_hold_back_for_ever(self, street: Street, receiver: Receiver) -> None:
        """Without a next one, a reordered webhook comes when its seconds are over."""
        await fail(street, "webhook_reordered", arguments={"seconds": 30})
        post(street, "mixed")

        advance(street, seconds=29)
        post(street, "sold", client="ben")
        await receiver.until(1)
        advance(street, seconds=1)
        await receiver.until(2)

        assert ["sold", "mixed"] == heard(receiver)

    async def test_delays(self, street: Street, receiver: Receiver) -> None:
        """A delayed one comes after its virtual seconds, and nothing waits for it."""
        await fail(street, "webhook_delayed", arguments={"seconds": 600})

        post(street, "mixed", "baked")
        await receiver.until(1)
        advance(street, minutes=10)
        await receiver.until(2)

        assert ["baked", "mixed"] == heard(receiver)

    async def test_loses(self, street: Street, receiver: Receiver) -> None:
        """A lost one never comes by itself, but can be sent again by hand."""
        await fail(street, "webhook_lost")
        post(street, "mixed", "baked")
        await receiver.until(1)
        advance(street, days=2)
        [lost] = [one for one in (await listed(street)) if one["status"] == "lost"]

        await street.control("POST", f"deliveries/{lost['id']}/resend")
        await receiver.until(2)

        assert ["baked", "mixed"] == heard(receiver)
        assert "webhook_lost" == lost["disorder"]

    async def test_comes_before_the_answer(self, street: Street, receiver: Receiver) -> None:
        """The subscriber has answered the webhook before the call is answered."""
        await fail(street, "webhook_before_answer")
        receiver.is_silent = True
        ordered = asyncio.create_task(street.order("eva"))
        await receiver.until(1)
        was_answered = ordered.done()

        receiver.speak.set()

        assert (False, 201) == (was_answered, (await ordered)[0])
        [shown] = await listed(street)
        assert ("delivered", "webhook_before_answer") == (shown["status"], shown["disorder"])

    async def test_tells_of_strangers(self, street: Street, receiver: Receiver) -> None:
        """One more comes, about something nobody knows."""
        await fail(street, "webhook_unknown_key")

        post(street, "baked")
        received = await receiver.until(2)

        assert {"eva", "nobody"} == {one.document["client"] for one in received}

    async def test_forges(self, street: Street, receiver: Receiver) -> None:
        """A forged one is signed by a stranger, each time, and does not hold up the rest."""
        receiver.statuses = [401, 401]
        await fail(street, "webhook_forged", match={"client": "eva"})
        post(street, "mixed", "baked")
        await receiver.until(2)

        await listed(street)
        advance(street, minutes=1)
        await receiver.until(4)

        signers = [one.headers["x-baker"] for one in receiver.received]
        assert {"mixed": {"stranger"}, "baked": {"anna"}} == {
            status: {
                who for who, told in zip(signers, heard(receiver), strict=True) if told == status
            }
            for status in ("mixed", "baked")
        }

    async def test_replays(self, street: Street, receiver: Receiver) -> None:
        """A day later the same comes again, with a signature that is a day old."""
        await fail(street, "webhook_replayed")
        post(street, "baked")
        await receiver.until(1)
        await street.until_posted()

        advance(street, days=1)
        first, replay = await receiver.until(2)

        assert first.body == replay.body
        assert ("0", "86400") == (first.headers["x-age"], replay.headers["x-age"])


class TestFaultsOfWebhooks:
    async def test_strike_no_calls(self, street: Street, receiver: Receiver) -> None:
        """Kinds of webhooks strike webhooks only, and all other kinds calls only."""
        await street.control("POST", "faults", {"kind": "webhook_lost"})
        await street.control("POST", "faults", {"kind": "http_503"})

        statuses = [(await street.order("eva"))[0] for _ in range(2)]

        assert [503, 201] == statuses
        assert ["lost"] == [one["status"] for one in await listed(street)]
        assert [] == receiver.received

    async def test_strike_the_nth(self, street: Street, receiver: Receiver) -> None:
        """They count like those of calls."""
        await fail(street, "webhook_lost", nth=2, match={"client": "eva", "type": "loaf"})

        post(street, "sold", client="ben")
        post(street, "mixed", "baked", "sold")
        await receiver.until(3)

        assert {("ben", "sold"), ("eva", "mixed"), ("eva", "sold")} == {
            (one.document["client"], one.document["status"]) for one in receiver.received
        }

    @pytest.mark.parametrize(
        ("operation", "kind"), [("webhook", "http_503"), ("bake", "webhook_lost")]
    )
    async def test_are_refused_where_they_cannot_strike(
        self, street: Street, operation: str, kind: str
    ) -> None:
        """A fault that could never strike is refused with what could."""
        order = {"operation": operation, "kind": kind}

        status, body = await street.control("POST", "faults", order)

        assert (400, True) == (status, "webhook" in body["known"])


async def listed(street: Street) -> list[dict[str, Any]]:
    """What the control plane lists, once nothing is under way."""

    async def is_so() -> bool:
        await asyncio.sleep(0)
        return not any(one.is_under_way for one in street.bakery.world.post_office.all())

    await until(is_so)
    items: list[dict[str, Any]] = (await street.control("GET", "deliveries"))[1]["items"]
    return items
