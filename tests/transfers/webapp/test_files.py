"""Files of a chat over HTTP: brought by people, and had from Telegram by our bot."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.transfers.pricing import price
from tests.transfers.webapp.lobby import AGENT, APPLICATION, ASSETS, PDF, Lobby, Room, form
from tests.transfers.webapp.test_doors import application_of, filled
from tests.web.conftest import Answer
from tramita.chats.attaching import Handed, save_asset
from tramita.chats.ports import FILE_TOO_LARGE, FILE_UNKNOWN, ChatService
from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.kit.people.files import forget_files
from tramita.transfers.api.webapp import assets

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask_for_file(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome[bytes]
) -> Callable[[Room], Awaitable[Answer]]:
    """Our bot, which names a file for a chat; Telegram comes to these, one after the other."""
    waiting = list(outcomes)

    async def get_file(_: object, __: str, ___: Attempt) -> Outcome[bytes]:
        return waiting.pop(0)

    gateway = lobby.site.runtime.gateway(ChatService, "telegram")
    monkeypatch.setattr(type(gateway), "get_file", get_file)
    bot = await lobby.bot()
    body = {"telegram_file_id": "AgAD", "kind": "invoice", "name": "инвойс.pdf"}
    return lambda room: bot.ask("POST", f"/chats/{room.number}/assets", json=body)


async def files_of(lobby: Lobby, room: Room) -> int:
    """How many files of a chat are kept."""
    query = "SELECT FROM chat_assets WHERE chat_id = $1"
    return len(await lobby.site.runtime.database.fetch(query, room.id))


class TestAFile:
    async def test_is_a_document_of_the_application(self, lobby: Lobby) -> None:
        """Once, whoever brings it; everybody in the chat may have it."""
        room, client = await filled(lobby)
        first = await client.ask("POST", ASSETS, data=form(kind="invoice"))
        again = await (await lobby.visit(room, AGENT)).ask(
            "POST", ASSETS, data=form(kind="invoice")
        )

        assert 201 == first.status
        assert (
            hashlib.sha256(PDF).hexdigest(),
            len(PDF),
            "application/pdf",
            "invoice",
            "person",
            None,
        ) == tuple(
            first.body[name]
            for name in ("sha256", "size", "mime", "kind", "origin", "duplicate_of")
        )
        assert first.body["id"] == again.body["id"] == again.body["duplicate_of"]
        fetched = await client.ask("GET", f"/assets/{first.body['id']}")
        assert (200, PDF) == (fetched.status, fetched.body)
        shown = await client.ask("GET", f"{APPLICATION}?include=documents,messages_count,offer")
        assert [first.body["id"]] == [one["id"] for one in shown.body["documents"]]
        assert (0, None) == (shown.body["messages_count"], shown.body["offer"])

    async def test_without_an_application_is_the_chats(self, lobby: Lobby) -> None:
        """It waits there for one; the bot's are always the chat's."""
        room = await lobby.room()
        client = await lobby.visit(room)
        kept = await client.ask("POST", ASSETS, data=form())
        path = f"/chats/{room.number}/assets"
        bots = await (await lobby.bot()).ask("POST", path, data=form())

        assert (201, 201) == (kept.status, bots.status)
        assert kept.body["id"] == bots.body["duplicate_of"]
        assert PDF == (await client.ask("GET", f"/assets/{kept.body['id']}")).body

    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (form(b"MZ\x90\x00", "application/octet-stream"), 415, "type_not_allowed"),
            (form(b"MZ\x90\x00", "application/pdf"), 422, "mime_mismatch"),
            (form(PDF, "image/png"), 422, "mime_mismatch"),
            (form(PDF, "application/pdf", kind="poem"), 422, "validation_failed"),
            (form(PDF, "application/pdf", kind="act"), 422, "validation_failed"),
            (form(PDF, "application/pdf", message_id="x"), 422, "validation_failed"),
            (b'{"telegram_file_id": "AgAD"}', 403, "role_forbidden"),
            (b"{", 400, "malformed_body"),
            (b"{}", 422, "validation_failed"),
        ],
    )
    async def test_that_cannot_be_taken_is_told_why(
        self, lobby: Lobby, data: Any, status: int, code: str
    ) -> None:
        """What it is is seen from its content; a client brings no certificate, and none by its name."""
        client = await lobby.visit(await lobby.room())
        said = await client.ask("POST", ASSETS, data=data)

        assert (status, code) == (said.status, said.body["code"])

    @pytest.mark.parametrize(
        "part",
        [
            b'Content-Disposition: form-data; name="kind"\r\nContent-Type: text/plain; charset=nope'
            b"\r\n\r\nother",
            b'Content-Disposition: form-data; name="kind"\r\nContent-Type: text/plain; '
            b"charset=punycode\r\n\r\nother",
            b'Content-Disposition: form-data; name="kind"\r\n\r\n\xff\xfe',
            b'Content-Disposition: form-data; name="\xff"\r\n\r\nother',
            b'Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: a\x00b'
            b"\r\n\r\n%PDF-1.7",
        ],
        ids=["of no encoding", "slow to read", "broken", "called by nothing", "of no kind"],
    )
    async def test_in_a_form_that_cannot_be_read_is_refused(
        self, lobby: Lobby, part: bytes
    ) -> None:
        """Nothing of it is read that takes long, and it is no fault of ours."""
        client = await lobby.visit(await lobby.room())
        headers = {"Content-Type": "multipart/form-data; boundary=x"}

        told = await client.ask(
            "POST", ASSETS, data=b"--x\r\n" + part + b"\r\n--x--\r\n", headers=headers
        )

        assert 400 == told.status, told.body

    async def test_that_is_too_large_is_refused(
        self, lobby: Lobby, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Before it is kept."""
        monkeypatch.setattr(assets, "LARGEST", 10)
        client = await lobby.visit(await lobby.room())
        said = await client.ask("POST", ASSETS, data=form())

        assert (413, "too_large") == (said.status, said.body["code"])

    async def test_of_telegrams_is_fetched_there(self, lobby: Lobby) -> None:
        """Where Telegram does not answer, it may be asked again."""
        room = await lobby.room()
        bot = await lobby.bot()
        body = {"telegram_file_id": "AgAD", "kind": "invoice"}
        said = await bot.ask("POST", f"/chats/{room.number}/assets", json=body)

        assert (503, "messenger_unavailable") == (said.status, said.body["code"])

    @pytest.mark.parametrize("code", [FILE_UNKNOWN, FILE_TOO_LARGE, "any_other_no"])
    async def test_that_telegram_does_not_give_is_told_so(
        self, lobby: Lobby, monkeypatch: pytest.MonkeyPatch, code: str
    ) -> None:
        """It has none of that name, or it is larger than a bot can get; asking again helps nobody."""
        room, answer = (
            await lobby.room(),
            await ask_for_file(lobby, monkeypatch, Refused(code, "no")),
        )
        said = await answer(room)

        assert (424, "telegram_file_unavailable") == (said.status, said.body["code"])
        assert 0 == await files_of(lobby, room)

    @pytest.mark.parametrize(
        "outcome", [NotSent("closed", timedelta(seconds=1)), Unknown("silence")]
    )
    async def test_of_which_telegram_says_nothing_may_be_asked_for_again(
        self, lobby: Lobby, monkeypatch: pytest.MonkeyPatch, outcome: Outcome[bytes]
    ) -> None:
        """That is not a no; and when it comes it is kept."""
        room, answer = (
            await lobby.room(),
            await ask_for_file(lobby, monkeypatch, outcome, Done(PDF)),
        )
        said = [await answer(room) for _ in range(2)]

        assert [503, 201] == [one.status for one in said]
        assert 1 == await files_of(lobby, room)


async def sent(lobby: Lobby, room: Room, content: bytes = PDF, name: str = "инвойс 77.pdf") -> str:
    """A file that lies in a chat, as our bot has kept it."""
    handed = Handed(name, content, "application/pdf")
    kept = await save_asset(lobby.site.runtime, room.id, handed, actor="bot")
    return f"/chats/current/assets/{kept.id}/document"


class TestAFileOfTheChat:
    async def test_is_taken_as_the_invoice(self, lobby: Lobby) -> None:
        """By client or agent, once; the application goes to 1C with it."""
        room, client = await filled(lobby)
        path = await sent(lobby, room)
        agent = await lobby.visit(room, AGENT)

        taken = await client.ask("POST", path, json={})
        again = await agent.ask("POST", path, json={"kind": "invoice"})
        move = {"axis": "application", "to": "new_in_house"}
        checked = await agent.ask("POST", f"{APPLICATION}/status", json=move)

        assert (201, 201, 200) == (taken.status, again.status, checked.status)
        assert ("invoice", "person", None, hashlib.sha256(PDF).hexdigest()) == tuple(
            taken.body[name] for name in ("kind", "origin", "duplicate_of", "sha256")
        )
        assert taken.body["id"] == again.body["id"] == again.body["duplicate_of"]
        [shown] = (await agent.ask("GET", f"{APPLICATION}?include=documents")).body["documents"]
        assert "инвойс 77.pdf" == shown["name"]
        assert PDF == (await client.ask("GET", f"/assets/{taken.body['id']}")).body

    async def test_stays_when_it_is_erased_in_the_chat(self, lobby: Lobby) -> None:
        """Both name one file, which goes with the last of them."""
        room, client = await filled(lobby)
        taken = await client.ask("POST", await sent(lobby, room), json={})
        runtime = lobby.site.runtime
        dropped = """
            WITH gone AS (DELETE FROM chat_assets WHERE chat_id = $1 RETURNING file)
            UPDATE stored_files SET drop_at = clock_timestamp() WHERE name IN (SELECT file FROM gone)
        """
        await runtime.database.fetch(dropped, room.id)
        await forget_files(runtime)

        assert PDF == (await client.ask("GET", f"/assets/{taken.body['id']}")).body

    async def test_of_another_chat_is_not_there(self, lobby: Lobby) -> None:
        """Nor is one that does not exist, or that was not kept."""
        _, client = await filled(lobby)
        other, _ = await filled(lobby)
        elsewhere = await sent(lobby, other)
        nowhere = f"/chats/current/assets/{UUID(int=0)}/document"

        for path in (elsewhere, nowhere):
            said = await client.ask("POST", path, json={})
            assert (404, "asset_not_found") == (said.status, said.body["code"])

    async def test_is_not_taken_once_the_form_is_closed(self, lobby: Lobby) -> None:
        """For the client that is when it counts, for everybody when an offer is accepted."""
        room, client = await filled(lobby)
        agent = await lobby.visit(room, AGENT)
        await client.ask("POST", await sent(lobby, room), json={})
        move = {"axis": "application", "to": "new_in_house"}
        assert 200 == (await agent.ask("POST", f"{APPLICATION}/status", json=move)).status
        late = await sent(lobby, room, PDF + b"2")

        by_client = await client.ask("POST", late, json={})
        by_agent = await agent.ask("POST", late, json={"kind": "contract"})
        await price(lobby.house, await application_of(lobby, room))
        after = await agent.ask("POST", await sent(lobby, room, PDF + b"3"), json={})

        assert (403, "role_forbidden") == (by_client.status, by_client.body["code"])
        assert (201, "contract") == (by_agent.status, by_agent.body["kind"])
        assert (409, "read_only") == (after.status, after.body["code"])

    @pytest.mark.parametrize(
        ("content", "kind", "status", "code"),
        [
            (b"MZ\x90\x00", "invoice", 415, "type_not_allowed"),
            (PDF, "act", 422, "validation_failed"),
            (PDF, "poem", 422, "validation_failed"),
        ],
    )
    async def test_that_cannot_be_taken_is_told_why(
        self, lobby: Lobby, content: bytes, kind: str, status: int, code: str
    ) -> None:
        """As of one that is brought; what 1C makes nobody takes from the chat."""
        room, client = await filled(lobby)
        said = await client.ask("POST", await sent(lobby, room, content), json={"kind": kind})

        assert (status, code) == (said.status, said.body["code"])

    async def test_needs_an_application(self, lobby: Lobby) -> None:
        """Until there is one it is the chat's alone."""
        room = await lobby.room()
        said = await (await lobby.visit(room)).ask("POST", await sent(lobby, room), json={})

        assert (404, "application_not_found") == (said.status, said.body["code"])

    async def test_is_offered_to_whoever_may_take_it(self, lobby: Lobby) -> None:
        """Newest first, each content once, and nothing that is a document already or cannot be one."""
        room, client = await filled(lobby)
        for content, name in (
            (PDF, "old.pdf"),
            (PDF, "new.pdf"),
            (b"MZ", "x.exe"),
            (PDF + b"2", ""),
        ):
            await sent(lobby, room, content, name)
        taken = await sent(lobby, room, PDF + b"3", "taken.pdf")
        await client.ask("POST", taken, json={})

        page = await lobby.site.ask(
            "GET", "/webapp/view", authenticated=False, headers=client.headers
        )

        offered = re.findall(r'data-take="[^"]+">[^<]*<span class="unseen">: ([^<]*)<', page.body)
        assert ["Изображение", "new.pdf"] == offered
