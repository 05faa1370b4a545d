"""``/api/v1/chats``: chats as operators see them."""

import json
from uuid import uuid4

import pytest

from tests.chats.messenger import GROUP
from tests.chats.shown.conftest import NAME, Talk
from tramita.kit.tenants import create_tenant
from tramita.kit.tokens import create_token

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestChats:
    async def test_are_listed_with_what_did_not_arrive(self, talk: Talk) -> None:
        """Newest first, by how our bot stands there."""
        listed = await talk.site.ask("GET", "/api/v1/chats?state=present")

        [one] = listed.body["items"]
        assert (str(talk.chat), GROUP.id, f"For {NAME}", 1) == (
            one["id"],
            one["telegram_id"],
            one["title"],
            one["undelivered"],
        )

    async def test_tell_who_was_seen_there(self, talk: Talk) -> None:
        """With every number that the chat had."""
        shown = await talk.site.ask("GET", f"/api/v1/chats/{talk.chat}")

        assert [NAME] == [one["name"] for one in shown.body["people"]]
        assert [GROUP.id] == shown.body["numbers"]

    async def test_are_of_their_tenant_alone(self, talk: Talk) -> None:
        """Another's is no chat at all, nor is anything of it."""
        async with talk.site.runtime.database.unit_of_work() as work:
            await create_tenant(work, "others", "Others")
            token = await create_token(
                work,
                "others",
                ["chats:read", "chats:write"],
                tenant="others",
            )
        headers = {"Authorization": f"Bearer {token}"}

        listed = await talk.site.ask("GET", "/api/v1/chats", headers=headers)
        paths = [
            ("GET", f"/{talk.chat}"),
            ("GET", f"/{talk.chat}/messages"),
            ("GET", f"/{talk.chat}/undelivered"),
            ("POST", f"/{talk.chat}/start-token"),
            ("POST", f"/{talk.chat}/imports"),
            ("POST", f"/sends/{talk.refused}/send-again"),
        ]
        found = [
            (await talk.site.ask(method, f"/api/v1/chats{path}", headers=headers)).status
            for method, path in paths
        ]

        assert [] == listed.body["items"]
        assert [404] * len(paths) == found


class TestMessages:
    async def test_lead_through_the_timeline_page_by_page(self, talk: Talk) -> None:
        """Each once, the latest first, with files and earlier texts."""
        path = f"/api/v1/chats/{talk.chat}/messages"
        page = await talk.site.ask("GET", f"{path}?limit=1")
        rest = await talk.site.ask("GET", f"{path}?limit=1&cursor={uuid4()}")

        [one] = page.body["items"]
        assert (f"I am still {NAME}", 2) == (one["text"], one["revision"])
        assert [f"{NAME}.pdf"] == [file["name"] for file in one["assets"]]
        assert 400 == rest.status
        before = await talk.site.ask("GET", f"{path}/{one['id']}/revisions")
        assert [f"I am {NAME}"] == [text["text"] for text in before.body]


class TestWhatDidNotArrive:
    async def test_is_sent_again_by_whoever_says_so(self, talk: Talk) -> None:
        """With the messenger's reason before, and waiting after; twice under a key is once."""
        path = f"/api/v1/chats/{talk.chat}/undelivered"
        [one] = (await talk.site.ask("GET", path)).body["items"]
        again, headers = f"/api/v1/chats/sends/{one['id']}/send-again", {"Idempotency-Key": "one"}

        sent = [await talk.site.ask("POST", again, headers=headers) for _ in range(2)]
        twice = await talk.site.ask("POST", again)

        assert ("refused", "message is too long") == (one["state"], one["why"])
        assert [(202, "waiting")] * 2 == [(one.status, one.body["state"]) for one in sent]
        assert 409 == twice.status


class TestAnImport:
    async def test_is_taken_and_told_of(self, talk: Talk) -> None:
        """The file is kept, and read in by a job."""
        path = f"/api/v1/chats/{talk.chat}/imports"
        content = json.dumps({"id": 4001, "type": "private_group", "messages": []})

        made = await talk.site.ask("POST", path, data=content)
        shown = await talk.site.ask("GET", f"{path}/{made.body['id']}")

        assert (202, "running") == (made.status, made.body["state"])
        assert made.body == shown.body
        assert 404 == (await talk.site.ask("GET", f"{path}/{uuid4()}")).status


class TestALink:
    async def test_is_told_once(self, talk: Talk) -> None:
        """By the link before nothing opens; the same request again is told no link."""
        path, headers = f"/api/v1/chats/{talk.chat}/start-token", {"Idempotency-Key": "link"}

        first = await talk.site.ask("POST", path, headers=headers)
        again = await talk.site.ask("POST", path, headers=headers)

        assert 201 == first.status
        assert "startapp=" in first.body["link"]
        assert again.body["link"] is None
