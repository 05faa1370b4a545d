"""What Telegram says, and what it means; and that nobody reads our token anywhere."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.providers.telegram.test_conformance import new_group
from tramita.chats.ports import (
    FILE_TOO_LARGE,
    FILE_UNKNOWN,
    MEMBER_HIDDEN,
    MESSAGE_UNKNOWN,
    NOT_ACCEPTED,
    Button,
    ChatService,
    Document,
    Gone,
    Moved,
    Sent,
    Text,
)
from tramita.kit.outcome import Done, NotSent, Outcome, Refused, Unknown
from tramita.providers.telegram.client import BotClient, TokenMalformed
from tramita.providers.telegram.gateway import TelegramGateway
from tramita.providers.telegram.plugin import provider
from tramita.providers.telegram.settings import DEMO_TOKEN
from tramita.testing.gateways import done
from tramita.testing.scene import Scene, answered, attempt, open_scene

TEXT = Text("x")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene[ChatService]]:
    """Telegram as it is at first."""
    async with open_scene(provider, ChatService, tmp_path, {}) as scene:
        yield scene


def no(status: int, description: str, **parameters: int) -> Any:
    """An answer as the Bot API says no."""
    said = {"ok": False, "error_code": status, "description": description}
    return answered(
        status, json.dumps(said | ({"parameters": parameters} if parameters else {})).encode()
    )


class TestANo:
    @pytest.mark.parametrize(
        ("status", "description", "expected"),
        [
            (403, "Forbidden: bot was kicked from the supergroup chat", Done),
            (403, "Forbidden: bot was blocked by the user", Done),
            (400, "Bad Request: chat not found", Done),
            (400, "Bad Request: message is too long", NOT_ACCEPTED),
            (400, "Bad Request: BUTTON_TYPE_INVALID", NOT_ACCEPTED),
            (400, "Bad Request: message to be replied not found", MESSAGE_UNKNOWN),
            (413, "Request Entity Too Large", FILE_TOO_LARGE),
            (404, "Not Found", NotSent),
            (401, "Unauthorized", NotSent),
            (409, "Conflict: terminated by other getUpdates request", NotSent),
        ],
    )
    async def test_is_about_the_chat_the_message_or_us(
        self, scene: Scene[ChatService], status: int, description: str, expected: object
    ) -> None:
        """By its status and its words."""
        with scene.replaying(no(status, description)):
            found = await scene.gateway.send_text(-1, TEXT, attempt())

        if isinstance(expected, str):
            assert isinstance(found, Refused)
            assert expected == found.code
        else:
            assert expected is type(found)
        if isinstance(found, Done):
            assert Gone(description) == found.value

    async def test_says_where_the_chat_is_now(self, scene: Scene[ChatService]) -> None:
        """Nothing was done under the old number."""
        description = "Bad Request: group chat was upgraded to a supergroup chat"
        with scene.replaying(no(400, description, migrate_to_chat_id=-1007)):
            found = await scene.gateway.send_text(-1, TEXT, attempt())

        assert Done(Moved(-1007)) == found

    @pytest.mark.parametrize(
        "description",
        [
            "Bad Request: member not found",
            "Bad Request: PARTICIPANT_ID_INVALID",
            "Bad Request: CHAT_ADMIN_REQUIRED",
        ],
    )
    async def test_hides_who_is_there(self, scene: Scene[ChatService], description: str) -> None:
        """As a code of ours."""
        with scene.replaying(no(400, description)):
            found = await scene.gateway.get_member(-1, 7, attempt())

        assert isinstance(found, Refused)
        assert MEMBER_HIDDEN == found.code

    async def test_says_when_to_come_again(self, scene: Scene[ChatService]) -> None:
        """A flood: nothing was written, and it is known for how long nothing will be."""
        chat = await new_group(scene)
        await scene.vendor.fail("429", operation="sendMessage", arguments={"retry_after": 37.0})

        found = await scene.gateway.send_text(chat, TEXT, attempt())

        assert isinstance(found, NotSent)
        assert timedelta(seconds=37) == found.retry_in


class TestWriting:
    async def test_says_it_as_it_is(self, scene: Scene[ChatService]) -> None:
        """Plain texts mark nothing up; links show no preview; buttons lead where they say."""
        chat = await new_group(scene)
        buttons = ((Button("Открыть", "https://t.me/tramita_demo_bot/pay?startapp=x"),),)
        done(await scene.gateway.send_text(chat, Text("1 < 2 & <b>", buttons=buttons), attempt()))
        html = Text("<b>да</b>", is_html=True, reply_to=999, is_silent=True)
        done(await scene.gateway.send_text(chat, html, attempt()))
        [plain, marked] = [
            json.loads(one["answer"])["result"]
            for one in await scene.vendor.journal()
            if one["operation"] == "sendMessage"
        ]

        assert "1 < 2 & <b>" == plain["text"]
        assert "Открыть" == plain["reply_markup"]["inline_keyboard"][0][0]["text"]
        assert ("да", "bold") == (marked["text"], marked["entities"][0]["type"])

    @pytest.mark.parametrize(
        "name", ["Счёт №7.pdf", 'a "quoted" name.pdf', "two\r\nlines.pdf", "../../x.pdf"]
    )
    async def test_keeps_the_names_of_files(self, scene: Scene[ChatService], name: str) -> None:
        """Whatever is in them ends no header; what stood for a line's end is told."""
        chat = await new_group(scene)
        file = Document(name, "application/pdf", b"%PDF-1.4 x", "Подпись")

        sent = done(await scene.gateway.send_document(chat, file, attempt()))

        assert isinstance(sent, Sent)
        assert sent.file_id
        assert Done(b"%PDF-1.4 x") == await scene.gateway.get_file(sent.file_id, attempt())

    async def test_asks_for_a_topic_where_it_is_to_stand(self, scene: Scene[ChatService]) -> None:
        """Else a closed forum refuses it."""
        made = await scene.vendor.person(
            "igor",
            "create_group",
            title="x",
            kind="supergroup",
            topics=["Payments"],
            is_general_closed=True,
        )
        await scene.vendor.person("igor", "add_bot", chat=made["chat"])
        refused = await scene.gateway.send_text(made["chat"], TEXT, attempt())
        sent = await scene.gateway.send_text(made["chat"], Text("x", topic=2), attempt())

        assert isinstance(refused, Refused)
        assert isinstance(sent, Done)


class TestAFile:
    async def test_that_has_run_out_is_asked_for_anew(self, scene: Scene[ChatService]) -> None:
        """Its path, that is; half of it is no file."""
        chat = await new_group(scene)
        said = await scene.vendor.person("anna", "send_file", chat=chat)
        found: list[Outcome[bytes]] = []
        for kind in ("http_404", "truncated", "half_body"):
            await scene.vendor.fail(kind, operation="download")
            found.append(await scene.gateway.get_file(said["file_id"], attempt()))

        assert [Unknown] * 3 == [type(one) for one in found]

    async def test_that_is_too_large_or_nobodys_is_refused(self, scene: Scene[ChatService]) -> None:
        """By codes of ours."""
        chat = await new_group(scene)
        large = await scene.vendor.person("anna", "send_file", chat=chat, size=21 * 1024 * 1024)
        found = [
            await scene.gateway.get_file(one, attempt()) for one in (large["file_id"], "nobodys")
        ]

        assert [FILE_TOO_LARGE, FILE_UNKNOWN] == [
            one.code for one in found if isinstance(one, Refused)
        ]

    @pytest.mark.parametrize("path", ["../secrets", "http://elsewhere.example/", "a b", ""])
    async def test_leads_nowhere_else(self, scene: Scene[ChatService], path: str) -> None:
        """Whoever answers in Telegram's place."""
        said = {"ok": True, "result": {"file_id": "f", "file_path": path}}
        with scene.replaying(answered(200, json.dumps(said).encode())):
            found = await scene.gateway.get_file("f", attempt())

        assert isinstance(found, Unknown)


class TestLeaving:
    async def test_follows_a_chat_that_has_moved(self, scene: Scene[ChatService]) -> None:
        """To its new number."""
        chat = await new_group(scene)
        to = (await scene.vendor.person("igor", "upgrade_group", chat=chat))["chat"]

        assert Done(None) == await scene.gateway.leave(chat, attempt())
        assert [str(to)] == [one["subject"] for one in await scene.vendor.ledger("chat_left")]


class TestOurToken:
    async def test_is_nowhere_to_be_read(
        self, scene: Scene[ChatService], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Neither in outcomes nor in the journal, nor in logs, nor in how our objects are shown."""
        chat = await new_group(scene)
        tried, outcomes = attempt(), list[object]()
        await self._go_through(scene, chat, tried, outcomes)
        with scene.disconnected():
            await self._go_through(scene, chat, tried, outcomes)
        for kind in ("restart", "bad_gateway", "reset_after_effect", "429", "half_body"):
            await scene.vendor.fail(kind, operation=None, count=2)
            await self._go_through(scene, chat, tried, outcomes)
            await scene.vendor.mend()
        await scene.vendor.act(is_revoked=True)
        await self._go_through(scene, chat, tried, outcomes)
        structlog.get_logger().warning("a_gateway", gateway=repr(scene.gateway))

        shown = repr((tried, outcomes, scene.gateway)) + "".join(capsys.readouterr())
        assert len(tried.exchanges) > 20
        assert not [one for one in (DEMO_TOKEN, DEMO_TOKEN.partition(":")[2]) if one in shown]

    async def _go_through(
        self, scene: Scene[ChatService], chat: int, tried: Any, outcomes: list[object]
    ) -> None:
        us = scene.gateway
        assert isinstance(us, TelegramGateway)
        outcomes += [
            await us.send_text(chat, TEXT, tried),
            await us.send_document(chat, Document("x", "text/plain", b"x"), tried),
            await us.get_file("nobodys", tried),
            await us.state("http://127.0.0.1:8000", tried),
        ]

    @pytest.mark.parametrize("token", ["", "x", "7:", "7:a/../b", "7:a?b", "7:a b", "7:я"])
    async def test_is_nothing_but_a_part_of_a_path(
        self, scene: Scene[ChatService], token: str
    ) -> None:
        """Whatever stands in the settings."""
        with pytest.raises(TokenMalformed) as told:
            BotClient(scene.exchange, token)

        assert token == "" or token not in str(told.value)
