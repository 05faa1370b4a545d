"""Files, messages, conditions and documents of a chat over HTTP, and that nobody has another's."""

from uuid import UUID

import aiohttp
import pytest

from tests.transfers.house import FIELDS
from tests.transfers.pricing import price
from tests.transfers.webapp.lobby import (
    AGENT,
    APPLICATION,
    ASSETS,
    CLIENT,
    MANAGER,
    PDF,
    Lobby,
    Room,
    Visitor,
    form,
)
from tramita.kit.files import digest_of
from tramita.transfers.documents import DocumentKind, NewDocument, cancel_job, take_document
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.model import Application
from tramita.transfers.queries import get_application_of_chat
from tramita.transfers.rules.roles import Role
from tramita.transfers.settings import TransferSettings
from tramita.transfers.who import Who

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES = "/chats/current/messages"
OFFER, JOBS = "/chats/current/offer", "/chats/current/document-jobs"
ONEC = Who(Role.ONEC, "onec:test")


async def filled(lobby: Lobby) -> tuple[Room, Visitor]:
    """A chat with an application, and its client."""
    room = await lobby.room()
    client = await lobby.visit(room)
    assert 201 == (await client.ask("POST", APPLICATION, json=FIELDS)).status
    return room, client


async def application_of(lobby: Lobby, room: Room) -> Application:
    """As it is now."""
    async with lobby.site.runtime.database.unit_of_work() as work:
        found = await get_application_of_chat(work, room.id)
    assert found is not None
    return found


async def accepted(lobby: Lobby) -> tuple[Room, Visitor, Application]:
    """A chat whose application is priced and accepted."""
    room, client = await filled(lobby)
    found = await application_of(lobby, room)
    await lobby.house.move(found.id, ApplicationTrigger.CHECK)
    await price(lobby.house, await application_of(lobby, room))
    return room, client, await application_of(lobby, room)


class TestAMessage:
    async def test_is_kept_once_and_as_it_was_edited(self, lobby: Lobby) -> None:
        """New it is 201, known 200; an older text changes nothing."""
        room = await lobby.room()
        bot = await lobby.bot()
        path = f"/chats/{room.number}/messages"
        said = {
            "message_id": 7,
            "date": 1_764_000_000,
            "from": {"id": CLIENT, "first_name": "Иван"},
            "text": "Добрый день",
        }
        edited = said | {"text": "Добрый вечер", "edit_date": "2025-11-24T17:00:00Z"}
        answers = [await bot.ask("POST", path, json=one) for one in (said, said, edited, said)]

        assert [201, 200, 200, 200] == [one.status for one in answers]
        results = [one.body["result"] for one in answers]
        assert ["created", "unchanged", "updated", "unchanged"] == results
        listed = await (await lobby.visit(room, AGENT)).ask("GET", MESSAGES)
        assert ["Добрый вечер"] == [one["text"] for one in listed.body["items"]]
        client = await (await lobby.visit(room)).ask("GET", MESSAGES)
        assert (403, "role_forbidden") == (client.status, client.body["code"])

    async def test_of_a_batch_fails_alone(self, lobby: Lobby) -> None:
        """What is none is named by its place; the same batch again changes nothing."""
        room = await lobby.room()
        agent = await lobby.visit(room, AGENT)
        items = [
            {"message_id": 1, "date": "2026-01-01T10:00:00Z", "text": "Раз"},
            {"message_id": "two"},
            {"message_id": 3, "date": 1_767_000_000, "caption": "Три", "from": {"id": AGENT}},
        ]
        first, again = [
            await agent.ask("POST", f"{MESSAGES}:batch", json={"items": items}) for _ in range(2)
        ]

        rejected = [{"index": 1, "code": "invalid"}]
        assert (200, 2, 0, rejected) == (
            first.status,
            first.body["created"],
            first.body["unchanged"],
            first.body["rejected"],
        )
        assert (0, 2) == (again.body["created"], again.body["unchanged"])
        many = {"items": [items[0]] * 501}
        large = await agent.ask("POST", f"{MESSAGES}:batch", json=many)
        assert (413, "too_large") == (large.status, large.body["code"])
        client = await lobby.visit(room)
        denied = await client.ask("POST", f"{MESSAGES}:batch", json={"items": []})
        assert (403, "role_forbidden") == (denied.status, denied.body["code"])
        export = form(b'{"messages": []}', "application/json")
        taken = await agent.ask("POST", f"{MESSAGES}:batch", data=export)
        assert 202 == taken.status
        assert taken.body["import_id"]

    async def test_is_saved_by_the_bot_alone(self, lobby: Lobby) -> None:
        """No person's session is enough."""
        client = await lobby.visit(await lobby.room(), MANAGER)
        said = await client.ask("POST", MESSAGES, json={"message_id": 1, "date": 1})

        assert (403, "role_forbidden") == (said.status, said.body["code"])


class TestConditions:
    async def test_are_shown_to_each_by_role(self, lobby: Lobby) -> None:
        """The client sees what counts for them, agents who worked them out; before, nobody any."""
        room, client = await filled(lobby)
        nothing = await client.ask("GET", OFFER)
        assert (404, "no_offer") == (nothing.status, nothing.body["code"])

        room, client, _ = await accepted(lobby)
        seen = (await client.ask("GET", OFFER)).body
        agents = (await (await lobby.visit(room, AGENT)).ask("GET", OFFER)).body
        path = f"/chats/{room.number}/application?include=offer"
        bots = (await (await lobby.bot()).ask("GET", path)).body

        assert ("auto_accepted", "163034.38", "RUB") == (
            seen["state"],
            seen["payer_amount"],
            seen["payer_currency"],
        )
        assert {"operator", "revision", "why_not"}.isdisjoint(seen)
        assert ("О. Сергеева", 1) == (agents["operator"], agents["revision"])
        assert bots["offer"] is None

    async def test_close_the_form_for_everybody(self, lobby: Lobby) -> None:
        """Each field, for the client and for the agent."""
        room, client, found = await accepted(lobby)
        agent = await lobby.visit(room, AGENT)
        for visitor in (client, agent):
            for group, values in found.fields.items():
                for name in values:
                    body = {group: {name: None}}
                    said = await visitor.ask(
                        "PATCH", APPLICATION, json=body, headers={"If-Match": "*"}
                    )
                    assert (409, "read_only") == (said.status, said.body["code"]), (group, name)


class TestADocument:
    async def test_is_asked_for_by_agents_once(self, lobby: Lobby) -> None:
        """The client is not heard, a second request refused while the first waits, and the switch obeyed."""
        room, client, _ = await accepted(lobby)
        agent = await lobby.visit(room, AGENT)
        denied = await client.ask("POST", JOBS, json={"kind": "act"})
        asked, again = [await agent.ask("POST", JOBS, json={"kind": "act"}) for _ in range(2)]
        listed = await agent.ask("GET", f"{JOBS}?status=requested")
        none = await agent.ask("GET", f"{JOBS}?status=failed")

        assert (403, "role_forbidden") == (denied.status, denied.body["code"])
        assert (202, "act", 1) == (asked.status, asked.body["kind"], asked.body["position"])
        assert (409, "duplicate_job") == (again.status, again.body["code"])
        assert [asked.body["id"]] == [one["id"] for one in listed.body["jobs"]]
        assert [] == none.body["jobs"]
        assert 403 == (await client.ask("GET", JOBS)).status
        lobby.site.runtime.configure(TransferSettings(takes_document_requests=False))
        off = await agent.ask("POST", JOBS, json={"kind": "invoice"})
        lobby.site.runtime.configure(TransferSettings())
        assert (503, "onec_unavailable") == (off.status, off.body["code"])

    async def test_has_its_place_among_those_that_wait(self, lobby: Lobby) -> None:
        """What nobody waits for any more is before no other, and has none itself."""
        room, _, found = await accepted(lobby)
        agent = await lobby.visit(room, AGENT)
        lobby.site.runtime.configure(TransferSettings(takes_document_requests=True))
        asked = [
            (await agent.ask("POST", JOBS, json={"kind": kind})).body
            for kind in ("act", "order", "invoice")
        ]
        lobby.site.runtime.configure(TransferSettings())
        who = lobby.house.as_agent
        async with lobby.house.acting(who) as work:
            await cancel_job(work, found.id, UUID(asked[0]["id"]), who)

        listed = (await agent.ask("GET", JOBS)).body["jobs"]

        assert [1, 2, 3] == [one["position"] for one in asked]
        assert [("invoice", 2), ("order", 1), ("act", None)] == [
            (one["kind"], one["position"]) for one in listed
        ]

    async def test_needs_an_application_that_counts(self, lobby: Lobby) -> None:
        """For a draft nothing is made."""
        room, _ = await filled(lobby)
        said = await (await lobby.visit(room, AGENT)).ask("POST", JOBS, json={"kind": "act"})

        assert (409, "status_forbids") == (said.status, said.body["code"])

    async def test_of_the_house_is_hidden_from_the_client(self, lobby: Lobby) -> None:
        """What 1C did not mark as theirs is not there for them, in no list and by no address."""
        room, client, found = await accepted(lobby)
        stored = await lobby.site.runtime.files.put(PDF)
        new = NewDocument(
            DocumentKind.AGENT_REPORT,
            "Отчёт.pdf",
            stored,
            await digest_of(PDF),
            is_for_client=False,
        )
        async with lobby.house.acting(ONEC) as work:
            document = await take_document(work, found.id, new, ONEC)
        agent = await lobby.visit(room, AGENT)
        seen, theirs = [
            (await one.ask("GET", f"{APPLICATION}?include=documents")).body["documents"]
            for one in (client, agent)
        ]

        shown = [
            [one["id"] for one in listed if one["origin"] == "onec"] for listed in (seen, theirs)
        ]
        assert [[], [str(document.id)]] == shown
        assert 404 == (await client.ask("GET", f"/assets/{document.id}")).status
        assert 200 == (await agent.ask("GET", f"/assets/{document.id}")).status
        sent = await client.ask("POST", f"/chats/current/documents/{document.id}/send")
        assert (403, "role_forbidden") == (sent.status, sent.body["code"])


class TestNobody:
    async def test_has_another_chats_things(self, lobby: Lobby) -> None:
        """Through no door: its application, file, conditions, messages and pages are not there."""
        room, client, found = await accepted(lobby)
        kept = (await client.ask("POST", ASSETS, data=form())).body["id"]
        other = await lobby.visit(await lobby.room(), CLIENT)
        manager = await lobby.visit(await lobby.room(), MANAGER)
        for stranger in (other, manager):
            taking = f"assets/{kept}/document"
            for path in ("application", "offer", "document-jobs", "messages", "assets", taking):
                method = "POST" if path.startswith("assets") else "GET"
                said = await stranger.ask(method, f"/chats/{room.number}/{path}", json={})
                assert (403, "chat_mismatch") == (said.status, said.body["code"]), path
            assert 404 == (await stranger.ask("GET", f"/assets/{kept}")).status
            page = await lobby.site.ask(
                "GET",
                f"/webapp/view?former={found.id}",
                authenticated=False,
                headers=stranger.headers,
            )
            assert (404, "application_not_found") == (page.status, page.body["code"])


class TestThePages:
    async def test_tell_nobody_anything_without_a_session(self, lobby: Lobby) -> None:
        """The shell is the same for all; what it shows needs the bearer, in the socket too."""
        _, client = await filled(lobby)
        site = lobby.site
        shell = await site.ask(
            "GET", "/webapp", authenticated=False, headers={"Accept-Language": "ru"}
        )
        view = await site.ask("GET", "/webapp/view", authenticated=False)

        assert "Открываем…" in shell.body
        assert (
            "frame-ancestors https://web.telegram.org" in shell.headers["Content-Security-Policy"]
        )
        assert "telegram.org/js" not in shell.body
        assert (401, "session_expired") == (view.status, view.body["code"])
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await site.session.ws_connect(f"{site.url}/webapp/live", protocols=("tramita.webapp",))
        async with client.follow() as socket:
            assert "tramita.webapp" == socket.protocol
            body, version = {"payer": {"contact": "@anna"}}, {"If-Match": "*"}
            assert (
                200 == (await client.ask("PATCH", APPLICATION, json=body, headers=version)).status
            )
            assert {"type": "CHANGED"} == await socket.receive_json(timeout=60)

    async def test_hear_of_every_step_at_once(self, lobby: Lobby) -> None:
        """Of the application and of its money, whether a messenger takes the chat's card or not."""
        room, client, _ = await accepted(lobby)
        lead = await lobby.visit(room, MANAGER)
        _, other = await filled(lobby)
        steps = (
            (other, other, "application", "submitted"),
            (client, client, "payment", "client_sent"),
            (client, lead, "application", "cancelled"),
        )
        for watching, moving, axis, to in steps:
            body = {"axis": axis, "to": to, "reason": "so it is"}
            async with watching.follow() as socket:
                said = await moving.ask("POST", f"{APPLICATION}/status", json=body)
                assert 200 == said.status
                assert {"type": "CHANGED"} == await socket.receive_json(timeout=60)

    async def test_show_what_each_may_see(self, lobby: Lobby) -> None:
        """Never a link to 1C, an operator or what the house notes to a client."""
        room, client, found = await accepted(lobby)
        await lobby.site.runtime.database.fetch(
            "UPDATE applications SET onec_link = 'e1c://server/base', onec_number = '00-77' WHERE id = $1",
            found.id,
        )
        agent = await lobby.visit(room, AGENT)
        seen, theirs = [
            (
                await lobby.site.ask(
                    "GET", "/webapp/view", authenticated=False, headers=one.headers
                )
            ).body
            for one in (client, agent)
        ]

        for secret in ("e1c://server/base", "00-77", "О. Сергеева"):
            assert secret in theirs
            assert secret not in seen
        assert "Условия приняты" in seen
        assert "<form" not in seen
