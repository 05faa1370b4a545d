"""What goes wrong with calls of the simulated Bot API, by the codes of its catalogue."""

import asyncio
import re
from base64 import b64encode
from pathlib import Path

import aiohttp
import pytest

from tests.providers.telegram.simulator.bot import Bot
from tests.world import until
from tramita.providers.telegram.simulator.faults import CATALOG

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestTG01:
    async def test_is_a_flood(self, bot: Bot) -> None:
        """In one chat, or in all; the header says when to come again, too."""
        one, other = await bot.group(), await bot.group()
        fault = await bot.vendor.fail(
            "429",
            operation="sendMessage",
            count=None,
            match={"chat_id": one},
            arguments={"retry_after": 7.0},
        )
        status, said = await bot.call("sendMessage", chat_id=one, text="x")
        fine = await bot.send("x", chat=other)
        await bot.vendor.let_go(fault)
        await bot.vendor.fail("429", operation=None, count=2, arguments={"retry_after": 7.0})
        both = [(await bot.call("sendMessage", chat_id=chat, text="x"))[0] for chat in (one, other)]

        assert (429, 7) == (status, said["parameters"]["retry_after"])
        assert "Too Many Requests: retry after 7" == said["description"]
        assert fine
        assert [429, 429] == both


class TestTG02:
    async def test_lets_a_group_have_twenty_a_minute(self, bot: Bot) -> None:
        """By Telegram's clock; and says how long to wait."""
        await bot.vendor.freeze()
        chat = await bot.group()
        await bot.vendor.act(has_limits=True)
        answered = []
        for number in range(21):
            answered.append((await bot.call("sendMessage", chat_id=chat, text=str(number)))[0])
            await bot.vendor.advance("1s")
        _, said = await bot.call("sendMessage", chat_id=chat, text="x")
        await bot.vendor.advance(f"{said['parameters']['retry_after']}s")

        assert ([200] * 20 + [429]) == answered
        assert await bot.send("x", chat=chat)

    async def test_lets_a_chat_have_one_a_second_with_short_bursts(self, bot: Bot) -> None:
        """Others do not wait for it."""
        one, other = await bot.group(), await bot.group()
        await bot.vendor.freeze()
        await bot.vendor.act(has_limits=True)
        answered = [(await bot.call("sendMessage", chat_id=one, text="x"))[0] for _ in range(4)]

        assert [200, 200, 200, 429] == answered
        assert await bot.send("x", chat=other)


class TestTG03:
    @pytest.mark.parametrize(("kind", "status"), [("http_500", 500), ("restart", 500)])
    async def test_breaks_in_its_own_words(self, bot: Bot, kind: str, status: int) -> None:
        """Nothing was done."""
        chat = await bot.group()
        await bot.vendor.fail(kind, operation="sendMessage")

        found, said = await bot.call("sendMessage", chat_id=chat, text="x")

        assert (status, False) == (found, said["ok"])
        assert ("restart" in said["description"]) == (kind == "restart")
        assert [] == await bot.vendor.ledger("message_sent")

    async def test_or_in_a_proxys(self, bot: Bot) -> None:
        """A page."""
        await bot.vendor.fail("bad_gateway", operation="getMe")

        async with bot.session.get(f"/telegram/bot{bot.token}/getMe") as answer:
            assert (502, "text/html") == (answer.status, answer.content_type)


class TestTG04:
    @pytest.mark.parametrize("kind", ["reset_before_effect", "reset_after_effect"])
    async def test_cuts_the_connection(self, bot: Bot, kind: str) -> None:
        """Before or after it stands in the chat."""
        chat = await bot.group()
        await bot.vendor.fail(kind, operation="sendMessage")

        with pytest.raises(aiohttp.ClientError):
            await bot.call("sendMessage", chat_id=chat, text="x")

        written = await bot.vendor.ledger("message_sent")
        assert (kind == "reset_after_effect") == bool(written)


class TestTG05:
    async def test_takes_its_time(self, bot: Bot) -> None:
        """Longer than anybody waits; the message is there."""
        chat = await bot.group()
        fault = await bot.vendor.fail(
            "answer_held", operation="sendMessage", arguments={"seconds": 70.0}
        )
        asking = asyncio.create_task(bot.call("sendMessage", chat_id=chat, text="x"))

        async def is_written() -> bool:
            return bool(await bot.vendor.ledger("message_sent"))

        await until(is_written)
        is_held = not asking.done()
        await bot.vendor.let_go(fault)

        assert is_held
        assert 200 == (await asking)[0]


class TestTG06:
    async def test_says_that_a_chat_has_moved(self, bot: Bot) -> None:
        """To whomever writes to the old number; the new one works."""
        old = await bot.group()
        new = (await bot.person("igor", "upgrade_group", chat=old))["chat"]
        status, said = await bot.call("sendMessage", chat_id=old, text="x")
        other = await bot.group()
        await bot.vendor.fail("migrated", operation="sendMessage", arguments={"to": -1005.0})
        _, played = await bot.call("sendMessage", chat_id=other, text="x")

        assert (400, new) == (status, said["parameters"]["migrate_to_chat_id"])
        assert -1005 == played["parameters"]["migrate_to_chat_id"]
        assert await bot.send("x", chat=new)

    @pytest.mark.parametrize("order", ["old,new", "new,old", "old", "new", "none"])
    async def test_tells_of_it_in_any_order(self, bot: Bot, order: str) -> None:
        """Or only half of it."""
        old = await bot.group()
        await bot.forget_updates()
        new = (await bot.person("igor", "upgrade_group", chat=old, order=order))["chat"]

        told = [one["message"] for one in await bot.updates()]

        of = {"old": (old, new, None), "new": (new, None, old)}
        assert [of[one] for one in order.split(",") if one in of] == [
            (one["chat"]["id"], one.get("migrate_to_chat_id"), one.get("migrate_from_chat_id"))
            for one in told
        ]


class TestTG07:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("kicked", "bot was kicked from"),
            ("not_a_member", "bot is not a member of"),
            ("chat_deleted", "the group chat was deleted"),
            ("blocked", "bot was blocked by the user"),
            ("deactivated", "user is deactivated"),
        ],
    )
    async def test_says_403(self, bot: Bot, kind: str, words: str) -> None:
        """As a fault."""
        chat = await bot.group()
        await bot.vendor.fail(kind, operation="sendMessage")

        status, said = await bot.refused("sendMessage", chat_id=chat, text="x")

        assert (403, True) == (status, words in said)

    @pytest.mark.parametrize(
        ("who", "act", "words"),
        [
            ("igor", "remove_bot", "bot was kicked from the group chat"),
            ("igor", "delete_group", "the group chat was deleted"),
        ],
    )
    async def test_is_what_people_do(self, bot: Bot, who: str, act: str, words: str) -> None:
        """In a group."""
        chat = await bot.group()
        await bot.person(who, act, chat=chat)

        assert (403, f"Forbidden: {words}") == await bot.refused(
            "sendMessage", chat_id=chat, text="x"
        )

    async def test_is_what_somebody_does_who_wants_no_bot(self, bot: Bot) -> None:
        """In their own chat."""
        chat = (await bot.person("anna", "start_bot"))["chat"]
        await bot.send("x", chat=chat)
        await bot.person("anna", "block_bot")

        assert (
            "blocked by the user" in (await bot.refused("sendMessage", chat_id=chat, text="x"))[1]
        )


class TestTG12:
    async def test_says_that_a_file_is_too_big(self, bot: Bot) -> None:
        """From twenty megabytes on."""
        chat = await bot.group()
        sent = await bot.person("anna", "send_file", chat=chat, size=20 * 1024 * 1024 + 1)

        assert (400, "Bad Request: file is too big") == await bot.refused(
            "getFile", file_id=sent["file_id"]
        )

    async def test_lets_a_path_expire(self, bot: Bot) -> None:
        """After an hour."""
        sent = await bot.person("anna", "send_file", chat=await bot.group())
        path = (await bot.ask("getFile", file_id=sent["file_id"]))["file_path"]
        await bot.vendor.advance("59m")
        before, _ = await bot.download(path)
        await bot.vendor.advance("1m")
        after, _ = await bot.download(path)

        assert (200, 404) == (before, after)

    async def test_cuts_a_download(self, bot: Bot) -> None:
        """Or ends it as if that were all."""
        content = b64encode(b"0123456789").decode()
        sent = await bot.person("anna", "send_file", chat=await bot.group(), content=content)
        path = (await bot.ask("getFile", file_id=sent["file_id"]))["file_path"]
        await bot.vendor.fail("truncated", operation="download")
        truncated = await bot.download(path)
        await bot.vendor.fail("half_body", operation="download")

        assert (200, b"01234") == truncated
        with pytest.raises(aiohttp.ClientError):
            await bot.download(path)

    @pytest.mark.parametrize(
        ("name", "media_type"),
        [
            (None, None),
            ("", "image/png"),
            ("../../etc/passwd", "application/pdf"),
            ("invoice\u202efdp.exe", "application/pdf"),
        ],
    )
    async def test_calls_files_what_their_senders_do(
        self, bot: Bot, name: str | None, media_type: str | None
    ) -> None:
        """Or by no name, and of another type than they have."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.person("anna", "send_file", chat=chat, name=name, media_type=media_type)

        document = (await bot.updates())[0]["message"]["document"]

        assert (name, media_type) == (document.get("file_name"), document.get("mime_type"))


class TestTG13:
    async def test_rejects_an_upload(self, bot: Bot) -> None:
        """Though it is one."""
        chat = await bot.group()
        await bot.vendor.fail("file_rejected", operation="sendDocument")

        status, said = await bot.upload(chat, b"x")

        assert (400, True) == (status, "wrong type" in said["description"])
        assert [] == await bot.vendor.ledger("document_sent")


class TestTG17:
    async def test_knows_the_token_no_more(self, bot: Bot) -> None:
        """Until it does again."""
        await bot.vendor.act(is_revoked=True)
        revoked = await bot.refused("getMe")
        await bot.vendor.act(is_revoked=False)

        assert (401, "Unauthorized") == revoked
        assert await bot.ask("getMe")


class TestTG18:
    async def test_says_that_another_asks(self, bot: Bot) -> None:
        """As a fault; two who really ask are told so as well."""
        await bot.vendor.fail("polled_twice", operation="getUpdates")

        assert 409 == (await bot.refused("getUpdates"))[0]


class TestTG20:
    @pytest.mark.parametrize(
        ("text", "mode", "words"),
        [
            ("x" * 4096, "", None),
            ("x" * 4097, "", "message is too long"),
            ("x" * 4094 + "🙂", "", None),
            ("x" * 4095 + "🙂", "", "message is too long"),
            ("<b>" + "x" * 4096 + "</b>", "HTML", None),
            ("", "", "message text is empty"),
            ("<b></b>", "HTML", "message text is empty"),
            ("<b>x", "HTML", 'Can\'t find end tag corresponding to start tag "b"'),
            ("<b>x</i>", "HTML", "Unmatched end tag"),
            ("x</b>", "HTML", "Unexpected end tag"),
            ("<h1>x</h1>", "HTML", 'Unsupported start tag "h1"'),
            ("a < b", "HTML", "can't parse entities"),
            ("*bold* _it_", "MarkdownV2", None),
            ("3.14", "MarkdownV2", "Character '.' is reserved"),
            ("3\\.14", "MarkdownV2", None),
            ("*x", "MarkdownV2", "Can't find end of Bold entity"),
            ("x", "ASCIIDoc", "unsupported parse_mode"),
        ],
    )
    async def test_counts_and_reads_texts(
        self, bot: Bot, text: str, mode: str, words: str | None
    ) -> None:
        """In UTF-16 units, after the markup was read."""
        chat = await bot.group()

        _, said = await bot.call("sendMessage", chat_id=chat, text=text, parse_mode=mode)

        assert said["ok"] == (words is None)
        assert (words or "") in said.get("description", "")

    async def test_counts_captions(self, bot: Bot) -> None:
        """Up to 1024."""
        chat = await bot.group()
        answered = [(await bot.upload(chat, b"x", caption="x" * long))[0] for long in (1024, 1025)]

        assert [200, 400] == answered


class TestTG21:
    async def test_asks_for_a_topic(self, bot: Bot) -> None:
        """Where the general one is closed; one that is not there is not found."""
        chat = await bot.group(topics=["Payments"], is_general_closed=True)
        closed = await bot.refused("sendMessage", chat_id=chat, text="x")
        missing = await bot.refused("sendMessage", chat_id=chat, text="x", message_thread_id=3)
        said = await bot.ask("sendMessage", chat_id=chat, text="x", message_thread_id=2)

        assert "TOPIC_CLOSED" in closed[1]
        assert "message thread not found" in missing[1]
        assert (2, True) == (said["message_thread_id"], said["is_topic_message"])
        assert said["chat"]["is_forum"]


class TestTheCatalog:
    async def test_has_a_test_for_each_of_its_codes(self) -> None:
        """As a class in a module of faults."""
        modules = Path(__file__).parent.glob("test_faults*.py")
        tested = {
            name
            for one in modules
            for name in re.findall(r"^class TestTG(\d\d):", one.read_text("utf-8"), re.MULTILINE)
        }

        assert {code.removeprefix("TG-") for code in CATALOG} == tested
