"""The history of webhooks, as a partner asks for it."""

import pytest

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, proposal
from tests.providers.qitech.simulator.test_webhooks import PATH
from tests.simulation.receiver import running_receiver

EVENTS = "/notification/events"


class TestEvents:
    async def test_list_what_was_told(self, partner: Partner) -> None:
        """Each webhook is an event with a key, its origin and its callbacks."""
        created = await partner.ask("POST", PROPOSALS, proposal())

        listed = await partner.ask("GET", EVENTS)

        [event] = listed.body["data"]
        assert ("credit_transfer.proposal", created.body["proposal_key"], "not_sent") == (
            event["event_type"],
            event["origin_key"],
            event["status"],
        )
        assert ["not_sent"] == [one["callback_status"] for one in event["callbacks"]]

    async def test_come_in_pages_of_twenty_five(self, partner: Partner) -> None:
        """The second page has the rest, the oldest last."""
        for number in range(27):
            await partner.ask("POST", PROPOSALS, proposal(f"A-{number:04}"))

        first = await partner.ask("GET", EVENTS)
        second = await partner.ask("GET", EVENTS, query="?page=2")

        assert (25, 2) == (len(first.body["data"]), len(second.body["data"]))
        assert {"current_page": 2, "total_pages": 2} == second.body["pagination"]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("?event_type=credit_transfer.proposal", 1),
            ("?event_type=debt", 1),
            ("?event_type=other", 0),
            ("?callback_status=not_sent", 2),
            ("?callback_status=failed", 0),
            ("?origin_key=nobody", 0),
            ("?start_datetime=2020-01-01T00:00:00Z&end_datetime=2020-01-14T00:00:00Z", 0),
        ],
    )
    async def test_can_be_narrowed(self, partner: Partner, query: str, count: int) -> None:
        """Type, state, origin and time choose among them."""
        await partner.ask("POST", PROPOSALS, proposal())
        debt = {"actor": "operator", "action": "announce", "type": "debt"}
        await partner.control("POST", "act", debt)

        listed = await partner.ask("GET", EVENTS, query=query)

        assert count == len(listed.body["data"])

    @pytest.mark.parametrize(
        "query",
        [
            "?start_datetime=2026-01-01T00:00:00Z&end_datetime=2026-01-15T00:00:01Z",
            "?start_datetime=2026-01-02T00:00:00Z&end_datetime=2026-01-01T00:00:00Z",
            "?start_datetime=yesterday",
            "?page=0",
            "?colour=red",
        ],
    )
    async def test_refuse_what_makes_no_sense(self, partner: Partner, query: str) -> None:
        """A window beyond 14 days is 400 in the error envelope, like every unreadable wish."""
        refused = await partner.ask("GET", EVENTS, query=query)

        assert (400, "QIT000001") == (refused.status, refused.body["code"])


class TestResend:
    async def test_sends_again_in_any_state(self, partner: Partner) -> None:
        """By event and callback key, even what went to nobody at first."""
        await partner.ask("POST", PROPOSALS, proposal())
        [event] = (await partner.ask("GET", EVENTS)).body["data"]
        [callback] = event["callbacks"]
        path = f"{EVENTS}/{event['event_key']}/callbacks/{callback['callback_key']}"

        async with running_receiver(PATH) as receiver:
            await partner.control("POST", "webhooks", {"url": receiver.url})
            answer = await partner.ask("PATCH", path, {})
            [received] = await receiver.until(1)

        assert 200 == answer.status
        assert event["origin_key"] == received.document["proposal_key"]

    async def test_refuses_what_it_does_not_know(self, partner: Partner) -> None:
        """Unknown keys are 404 in the error envelope."""
        refused = await partner.ask("PATCH", f"{EVENTS}/nothing/callbacks/nothing", {})

        assert 404 == refused.status
