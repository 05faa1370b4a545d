"""What people do with endpoints and deliveries."""

from uuid import UUID

import pytest
from aiohttp import web

from tests.kit.webhooks.receivers import CHANGED, RULES, Office, Receiver
from tramita.kit.addresses import read_networks
from tramita.kit.identifiers import new_id
from tramita.kit.lifecycle import TransitionNotAllowed
from tramita.kit.webhooks.endpoints import (
    DeliveryNotFound,
    EndpointDisabled,
    Rules,
    change_endpoint,
    delete_endpoint,
    find_url_errors,
    replay,
    send_test,
)
from tramita.kit.webhooks.reach import Reach

PRODUCTION = Rules(RULES.event_types, Reach())
NAMED = Rules(RULES.event_types, Reach(read_networks("10.20.0.0/16, fd00:20::/32")))
INSIDE = [
    *("127.0.0.1", "localhost", "LOCALHOST", "a.localhost", "0.0.0.0", "[::]"),
    *("127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1"),
    *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
    *("[64:ff9b:1::a00:7]", "[2002:7f00:1::]", "[2001::1]", "[fec0::1]"),
    *("10.0.0.7", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "224.0.0.1"),
    *(
        "255.255.255.255",
        "240.0.0.1",
        "[::ffff:169.254.169.254]",
        "[fe80::1]",
        "[fd12::1]",
        "[ff02::1]",
    ),
]
URL = "http://127.0.0.1:9/hook"


async def switch(office: Office, endpoint: UUID, *, on: bool) -> None:
    async with office.database.unit_of_work(actor="test") as work:
        await change_endpoint(work, endpoint, {"enabled": on}, rules=RULES)


async def replay_it(office: Office, delivery: UUID) -> str:
    async with office.database.unit_of_work(actor="test") as work:
        return await replay(work, delivery)


class TestTheAddress:
    @pytest.mark.parametrize(
        ("url", "rules", "code"),
        [
            ("https://lender.example/hook?tenant=7", PRODUCTION, None),
            ("https://93.184.216.34:8443/hook", PRODUCTION, None),
            ("https://[2606:2800:220:1::]/hook", PRODUCTION, None),
            *((f"https://{host}/", PRODUCTION, "address_not_allowed") for host in INSIDE),
            *((f"https://{host}/", NAMED, "address_not_allowed") for host in INSIDE),
            ("https://10.20.7.7/hook", NAMED, None),
            ("https://[::ffff:10.20.7.7]/hook", NAMED, None),
            ("https://[fd00:20::7]/hook", NAMED, None),
            ("http://10.20.7.7/hook", NAMED, "scheme_not_allowed"),
            ("https://10.21.0.1/hook", NAMED, "address_not_allowed"),
            ("https://10.0.0.7/hook", RULES, "address_not_allowed"),
            ("https://127.0.0.1/hook", RULES, None),
            ("http://lender.example/hook", PRODUCTION, "scheme_not_allowed"),
            ("http://127.0.0.1/hook", PRODUCTION, "scheme_not_allowed"),
            ("http://127.0.0.1:9000/hook", RULES, None),
            ("http://[::1]:9000/hook", RULES, None),
            ("http://localhost/hook", RULES, None),
            ("http://lender.example/hook", RULES, "scheme_not_allowed"),
            ("ftp://lender.example/hook", RULES, "scheme_not_allowed"),
            ("https://user:word@lender.example/", RULES, "invalid_url"),
            ("https://lender.example/#part", RULES, "invalid_url"),
            ("https://lender.example:99999/", RULES, "invalid_url"),
            ("https://lender.example:0/", RULES, "invalid_url"),
            (f"https://{'x' * 64}.example/", RULES, "invalid_url"),
            ("https://lender..example/", RULES, "invalid_url"),
            ("https:///hook", RULES, "invalid_url"),
            ("https://localhost./", RULES, "invalid_url"),
            ("https://127.0.0.1./", RULES, "invalid_url"),
            ("https://[::1/hook", RULES, "invalid_url"),
        ],
    )
    def test_is_one_that_events_may_be_sent_to(
        self, url: str, rules: Rules, code: str | None
    ) -> None:
        """Encrypted, or on this machine in the demo; without credentials in it."""
        found = [(one.path, one.code) for one in find_url_errors(url, rules)]

        assert ([("url", code)] if code else []) == found


class TestSwitching:
    async def test_off_cancels_what_waits(self, office: Office, receiver: Receiver) -> None:
        """Nothing is sent any more, and the history says who did it."""
        endpoint, _ = await office.add_endpoint(receiver.url)
        delivery, *_ = await office.emit_times(2)

        await switch(office, endpoint, on=False)
        await office.deliver(delivery)
        silent = await office.emit()

        assert ([], []) == (receiver.heard, silent)
        assert ["cancelled", "cancelled"] == await office.states()
        actors = await office.fetch("SELECT DISTINCT actor, to_state FROM history ORDER BY 2")
        assert [("test", "cancelled"), ("test", "disabled")] == [tuple(row) for row in actors]

    async def test_on_again_begins_anew(self, office: Office, receiver: Receiver) -> None:
        """With a clean record; what was cancelled stays so until it is replayed."""
        receiver.answers = [web.Response(status=500)]
        endpoint, _ = await office.add_endpoint(receiver.url)
        [cancelled] = await office.emit()
        await office.deliver(cancelled)
        await switch(office, endpoint, on=False)

        await switch(office, endpoint, on=True)
        await switch(office, endpoint, on=True)
        [later] = await office.emit()
        await office.deliver(cancelled, later)

        [row] = await office.fetch(
            "SELECT state, failing_since, disabled_at, disabled_reason FROM webhook_endpoints"
        )
        assert ("enabled", None, None, None) == tuple(row)
        assert ["cancelled", "delivered"] == await office.states()


class TestDeletion:
    async def test_takes_everything_along(self, office: Office) -> None:
        """Deliveries that wait for it have nowhere to go."""
        endpoint, _ = await office.add_endpoint(URL)
        [delivery] = await office.emit()

        async with office.database.unit_of_work(actor="test") as work:
            await delete_endpoint(work, endpoint)
        await office.deliver(delivery)

        assert [] == await office.states()


class TestTheTest:
    async def test_reaches_its_endpoint_only(self, office: Office, receiver: Receiver) -> None:
        """Whatever that has subscribed to."""
        await office.add_endpoint(URL)
        tested, _ = await office.add_endpoint(receiver.url, [CHANGED.name])

        async with office.database.unit_of_work(actor="test") as work:
            event, delivery = await send_test(work, tested)
        await office.deliver(delivery)

        assert [event] == [one.headers["webhook-id"] for one in receiver.heard]
        assert ["delivered"] == await office.states()

    async def test_needs_an_enabled_endpoint(self, office: Office) -> None:
        """A disabled one gets nothing, tests included."""
        endpoint, _ = await office.add_endpoint(URL)
        await switch(office, endpoint, on=False)

        async def send_it() -> None:
            async with office.database.unit_of_work(actor="test") as work:
                await send_test(work, endpoint)

        with pytest.raises(EndpointDisabled, match="switched off by test"):
            await send_it()


class TestReplay:
    async def test_sends_the_same_again(self, office: Office, receiver: Receiver) -> None:
        """The same id and body, with the whole schedule before it once more."""
        receiver.answers = [web.Response(status=500), web.Response(status=500)]
        office.runtime.webhooks.schedule = office.runtime.webhooks.schedule[:1]
        await office.add_endpoint(receiver.url)
        [delivery] = await office.emit()
        await office.deliver(delivery)
        await office.deliver_when_due(delivery)
        before = await office.states()

        event = await replay_it(office, delivery)
        await office.deliver(delivery)

        assert (["failed"], ["delivered"]) == (before, await office.states())
        assert 1 == len({one.body for one in receiver.heard})
        assert [(event, str(n)) for n in (1, 2, 3)] == [
            (one.headers["webhook-id"], one.headers["webhook-attempt"]) for one in receiver.heard
        ]

    async def test_waits_for_the_present_round(self, office: Office) -> None:
        """What is still to be sent need not be sent again."""
        await office.add_endpoint(URL)
        [delivery] = await office.emit()

        with pytest.raises(TransitionNotAllowed, match="waiting"):
            await replay_it(office, delivery)

        assert 0 == await office.one("SELECT tries FROM webhook_deliveries")

    async def test_needs_an_enabled_endpoint(self, office: Office) -> None:
        """First things first."""
        endpoint, _ = await office.add_endpoint(URL)
        [delivery] = await office.emit()
        await switch(office, endpoint, on=False)

        with pytest.raises(EndpointDisabled):
            await replay_it(office, delivery)

    async def test_needs_a_delivery(self, office: Office) -> None:
        """There is none by that id."""
        with pytest.raises(DeliveryNotFound):
            await replay_it(office, new_id())
