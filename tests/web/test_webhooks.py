"""Webhook endpoints, events and deliveries over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.webhooks.receivers import Receiver, running_receiver
from tests.web.conftest import Answer, Site, running_site
from tests.world import until
from tramita.kit.identifiers import new_id
from tramita.kit.webhooks.emission import emit
from tramita.kit.webhooks.reach import Reach
from tramita.kit.webhooks.types import TEST
from tramita.process.worker import running_worker
from tramita.web.webhooks import EVENT_TYPES

ENDPOINTS = "/api/v1/webhooks/endpoints"
EVENTS = "/api/v1/webhooks/events"
DELIVERIES = "/api/v1/webhooks/deliveries"
URL = "https://lender.example/hook"


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The web on a database of this test's own."""
    async with running_site(database_url, tmp_path) as site:
        yield site


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that says yes."""
    async with running_receiver() as receiver:
        yield receiver


async def add(site: Site, **body: Any) -> dict[str, Any]:
    """Add an endpoint; answers it with its secret."""
    answer = await site.ask("POST", ENDPOINTS, json={"url": URL} | body)
    assert 201 == answer.status, answer.body
    added: dict[str, Any] = answer.body
    return added


async def emit_one(site: Site) -> str:
    """Emit one event; answers its id."""
    subject = new_id()
    async with site.runtime.database.unit_of_work() as work:
        await emit(work, TEST, subject, {"n": 1})
    [event] = (await site.ask("GET", f"{EVENTS}?subject_id={subject}")).body["items"]
    return str(event["id"])


def codes(answer: Answer) -> tuple[int, list[tuple[str, str]]]:
    """The status, and the path and code of each field error."""
    return answer.status, [(one["path"], one["code"]) for one in answer.body["errors"]]


class TestEndpoints:
    async def test_live_from_creation_to_deletion(self, site: Site) -> None:
        """The secret is shown once, by whoever made it; nobody reads it later."""
        added = await add(site, description="ERP", event_types=[TEST.name])
        path = f"{ENDPOINTS}/{added['id']}"

        changed = await site.ask("PATCH", path, json={"description": "CRM", "event_types": None})
        shown = await site.ask("GET", path)
        listed = await site.ask("GET", ENDPOINTS)
        deleted = await site.ask("DELETE", path)
        gone = await site.ask("GET", path)

        secret = added.pop("secret")
        assert secret.startswith("whsec_")
        assert added | {"description": "CRM", "event_types": None} == changed.body
        assert [changed.body] == [shown.body] == listed.body["items"]
        assert (True, None) == (added["enabled"], added["disabled_reason"])
        assert (204, 404) == (deleted.status, gone.status)
        assert "endpoint_not_found" == gone.body["code"]

    async def test_are_refused_with_every_fault(self, site: Site) -> None:
        """Unknown event types and addresses that nothing may be sent to."""
        body = {"url": "http://lender.example/", "event_types": [TEST.name, "no.such"]}

        wrong = await site.ask("POST", ENDPOINTS, json=body)
        empty = await site.ask("POST", ENDPOINTS, json={"url": URL, "event_types": []})

        assert (
            422,
            [("url", "scheme_not_allowed"), ("event_types[1]", "unknown_event_type")],
        ) == codes(wrong)
        assert (422, [("event_types", "empty")]) == codes(empty)

    async def test_are_encrypted_in_production(self, site: Site) -> None:
        """On this machine too, which is no place for them then."""
        site.runtime.webhooks.reach = Reach()

        in_clear = await site.ask("POST", ENDPOINTS, json={"url": "http://127.0.0.1:9/"})
        inside = await site.ask("POST", ENDPOINTS, json={"url": "https://0x7f.1:9/"})

        assert (422, [("url", "scheme_not_allowed")]) == codes(in_clear)
        assert (422, [("url", "address_not_allowed")]) == codes(inside)

    async def test_are_switched_off_and_on(self, site: Site) -> None:
        """With the reason beside it."""
        path = f"{ENDPOINTS}/{(await add(site))['id']}"

        off = (await site.ask("PATCH", path, json={"enabled": False})).body
        refused = await site.ask("POST", f"{path}/test")
        on = (await site.ask("PATCH", path, json={"enabled": True})).body

        assert (False, "switched off by token:all scopes") == (
            off["enabled"],
            off["disabled_reason"],
        )
        assert (409, "endpoint_disabled") == (refused.status, refused.body["code"])
        assert (True, None, None) == (on["enabled"], on["disabled_reason"], on["disabled_at"])

    async def test_are_listed_page_by_page(self, site: Site) -> None:
        """Newest first."""
        added = [(await add(site))["id"] for _ in range(3)]

        first = (await site.ask("GET", f"{ENDPOINTS}?limit=2")).body
        second = (await site.ask("GET", f"{ENDPOINTS}?limit=2&cursor={first['next_cursor']}")).body

        assert added[::-1] == [one["id"] for one in (*first["items"], *second["items"])]
        assert second["next_cursor"] is None

    async def test_are_added_once_for_one_key(self, site: Site) -> None:
        """A repeated request gets the same endpoint; its secret is shown once, and kept nowhere."""
        headers = {"Idempotency-Key": "one"}

        answers = [
            await site.ask("POST", ENDPOINTS, json={"url": URL}, headers=headers) for _ in range(2)
        ]

        secret = answers[0].body["secret"]
        assert {**answers[0].body, "secret": None} == answers[1].body
        assert 1 == len((await site.ask("GET", ENDPOINTS)).body["items"])
        async with site.runtime.database.unit_of_work() as work:
            rows = await work.fetch("SELECT body FROM idempotency_keys")
        assert [] == [row for row in rows if secret.encode() in (row["body"] or b"")]

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "{id}"),
            ("PATCH", "{id}"),
            ("DELETE", "{id}"),
            ("POST", "{id}/rotate-secret"),
            ("POST", "{id}/test"),
        ],
    )
    async def test_that_do_not_exist_are_not_found(
        self, site: Site, method: str, path: str
    ) -> None:
        """Whatever is asked of them."""
        body: object = {} if method == "PATCH" else None

        answer = await site.ask(method, f"{ENDPOINTS}/{path.format(id=new_id())}", json=body)

        assert (404, "endpoint_not_found") == (answer.status, answer.body["code"])


class TestSecrets:
    async def test_are_shown_when_changed(self, site: Site) -> None:
        """Once; the one before is valid for a day more."""
        added = await add(site)
        path = f"{ENDPOINTS}/{added['id']}"

        rotated = (await site.ask("POST", f"{path}/rotate-secret")).body

        shown = (await site.ask("GET", path)).body
        assert rotated.pop("secret") != added["secret"]
        assert rotated == shown
        assert added["previous_secret_until"] is None
        assert shown["previous_secret_until"] is not None


class TestEvents:
    async def test_show_how_they_fared(self, site: Site, receiver: Receiver) -> None:
        """From the test's POST to the attempt, worker, queue and all; then once more."""
        endpoint = await add(site, url=receiver.url)
        async with running_worker(site.runtime):
            sent = await site.ask("POST", f"{ENDPOINTS}/{endpoint['id']}/test")

            async def is_delivered() -> bool:
                event = (await site.ask("GET", f"{EVENTS}/{sent.body['event_id']}")).body
                return bool(event["deliveries"][0]["state"] == "delivered")

            await until(is_delivered)
            event = (await site.ask("GET", f"{EVENTS}/{sent.body['event_id']}")).body
            replayed = await site.ask("POST", f"{DELIVERIES}/{sent.body['delivery_id']}/replay")
            await receiver.until(lambda: len(receiver.heard) == 2)

        [delivery] = event["deliveries"]
        [attempt] = delivery["attempts"]
        assert 202 == sent.status == replayed.status
        assert (TEST.name, endpoint["id"]) == (event["type"], event["subject_id"])
        assert event["id"] == event["body"]["id"]
        assert {"endpoint_id": endpoint["id"]} == event["body"]["data"]
        assert (receiver.url, None) == (delivery["url"], delivery["next_attempt_at"])
        assert (1, 200, None, "thanks") == tuple(
            attempt[name] for name in ("number", "status", "error", "answer")
        )
        assert all(one.is_signed_by(endpoint["secret"]) for one in receiver.heard)
        assert 1 == len({one.body for one in receiver.heard})

    async def test_tell_when_the_next_attempt_is_due(self, site: Site) -> None:
        """A partner need not guess; and what waits cannot be replayed."""
        await add(site)
        event = (await site.ask("GET", f"{EVENTS}/{await emit_one(site)}")).body

        [delivery] = event["deliveries"]
        replayed = await site.ask("POST", f"{DELIVERIES}/{delivery['id']}/replay")

        assert ("waiting", []) == (delivery["state"], delivery["attempts"])
        assert delivery["next_attempt_at"] is not None
        assert (409, "transition_not_allowed") == (replayed.status, replayed.body["code"])

    async def test_that_failed_are_replayed_together(self, site: Site) -> None:
        """Those of one endpoint; what is on its way is left alone, and an endpoint that is off too."""
        endpoint = await add(site)
        for _ in range(3):
            await emit_one(site)
        await site.runtime.database.fetch(
            "UPDATE webhook_deliveries SET state = 'failed' WHERE id IN "
            "(SELECT id FROM webhook_deliveries ORDER BY id LIMIT 2)"
        )
        path = f"{ENDPOINTS}/{endpoint['id']}"

        first, second = [await site.ask("POST", f"{path}/replay-failed") for _ in range(2)]
        await site.ask("PATCH", path, json={"enabled": False})
        off = await site.ask("POST", f"{path}/replay-failed")

        assert [(202, {"replayed": 2}), (202, {"replayed": 0})] == [
            (one.status, one.body) for one in (first, second)
        ]
        assert 409 == off.status

    async def test_are_found_by_type_and_subject(self, site: Site) -> None:
        """Newest first, page by page."""
        await add(site)
        emitted = [await emit_one(site) for _ in range(3)]

        first = (await site.ask("GET", f"{EVENTS}?type={TEST.name}&limit=2")).body
        rest = (await site.ask("GET", f"{EVENTS}?limit=2&cursor={first['next_cursor']}")).body
        other = (await site.ask("GET", f"{EVENTS}?type=no.such")).body

        assert emitted[::-1] == [one["id"] for one in (*first["items"], *rest["items"])]
        assert [] == other["items"]

    async def test_that_do_not_exist_are_not_found(self, site: Site) -> None:
        """Or not any more."""
        answer = await site.ask("GET", f"{EVENTS}/evt_{new_id().hex}")

        assert (404, "event_not_found") == (answer.status, answer.body["code"])


class TestEventTypes:
    async def test_say_when_they_are_sent(self, site: Site) -> None:
        """One sentence each, and no name twice."""
        items = (await site.ask("GET", "/api/v1/webhooks/event-types")).body["items"]

        assert [(one.name, one.sentence) for one in EVENT_TYPES] == [
            (one["name"], one["sentence"]) for one in items
        ]
        assert len(items) == len({one["name"] for one in items})


class TestScopes:
    async def test_separate_readers_from_writers(self, site: Site) -> None:
        """Who may look may not change."""
        reader = await site.token("webhooks:read")

        read = await site.ask("GET", ENDPOINTS, headers=reader)
        written = await site.ask("POST", ENDPOINTS, json={"url": URL}, headers=reader)

        assert (200, 403) == (read.status, written.status)
