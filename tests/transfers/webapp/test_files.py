"""Files of a chat over HTTP: brought by people, and had from Telegram by our bot."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.transfers.webapp.lobby import AGENT, APPLICATION, ASSETS, PDF, Lobby, Room, form
from tests.transfers.webapp.test_doors import filled
from tests.web.conftest import Answer
from tramita.chats.ports import FILE_TOO_LARGE, FILE_UNKNOWN, ChatService
from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
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
