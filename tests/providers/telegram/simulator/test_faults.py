"""Everything that goes wrong at Telegram, by the codes of the catalogue: each does what it says."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import aiohttp
import pytest

from tests.providers.telegram.simulator.bot import Bot, kinds
from tests.providers.telegram.vectors import CLIENT, CONFUSED
from tests.simulation.receiver import Receiver
from tests.world import until
from tramita.chats.ports import MistrustCode, NotTrusted, Opened
from tramita.providers.telegram.mini_app import MiniAppReader
from tramita.providers.telegram.simulator.faults import CATALOG

pytestmark = pytest.mark.asyncio(loop_scope="module")

READER = MiniAppReader(
    "1000001:TEST-TOKEN-NOT-A-REAL-BOT", "tramita_demo_bot", "pay", timedelta(hours=24)
)


async def texts(receiver: Receiver, count: int) -> list[str]:
    """What the messages said that were posted."""
    told = [one.document for one in await receiver.until(count)]
    return [
        message.get("text", "")
        for one in told
        for message in [one.get("message") or one.get("edited_message") or {}]
    ]


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
        async with bot.session.post("/telegram/__sim/clock", json={"freeze": True}):
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


class TestTG08:
    async def test_posts_an_update_twice(self, bot: Bot, receiver: Receiver) -> None:
        """At once, and after ten minutes."""
        chat = await bot.group()
        await bot.hear(receiver, drop_pending_updates=True)
        await bot.vendor.fail_webhook("webhook_duplicate")
        await bot.person("anna", "write", chat=chat, text="1")
        await receiver.until(2)
        await bot.vendor.mend()
        await bot.vendor.fail_webhook("webhook_replayed", arguments={"seconds": 600.0})
        await bot.person("anna", "write", chat=chat, text="2")
        await receiver.until(3)
        await bot.vendor.advance("10m")

        assert ["1", "1", "2", "2"] == await texts(receiver, 4)
        assert 2 == len({one.body for one in receiver.received})


class TestTG09:
    async def test_posts_a_message_before_the_news_that_the_bot_was_added(
        self, bot: Bot, receiver: Receiver
    ) -> None:
        """They are told side by side."""
        await bot.hear(receiver)
        await bot.vendor.fail_webhook(
            "webhook_delayed", match={"type": "my_chat_member"}, arguments={"seconds": 30.0}
        )
        await bot.group()
        await receiver.until(1)
        await bot.vendor.advance("30s")

        told = [one.document for one in await receiver.until(2)]

        assert ["message", "my_chat_member"] == kinds(told)

    async def test_posts_an_edit_before_its_message(self, bot: Bot, receiver: Receiver) -> None:
        """The message waits for what follows it."""
        chat = await bot.group()
        await bot.hear(receiver, drop_pending_updates=True)
        await bot.vendor.fail_webhook("webhook_reordered", match={"type": "message"})
        await bot.person("anna", "write", chat=chat, text="old")
        await bot.person("anna", "edit", chat=chat, text="new")

        told = [one.document for one in await receiver.until(2)]

        assert ["edited_message", "message"] == kinds(told)


class TestTG10:
    async def test_counts_updates_from_elsewhere(self, bot: Bot) -> None:
        """With a gap, or from anywhere."""
        chat = await bot.group()
        await bot.vendor.operate("jump_update_ids", to=5)
        await bot.person("anna", "write", chat=chat, text="x")
        said = await bot.vendor.operate("jump_update_ids")
        await bot.person("anna", "write", chat=chat, text="y")

        numbers = [one["update_id"] for one in await bot.updates()]

        assert {5, said["next_update_id"]} <= set(numbers)


class TestTG11:
    async def test_posts_what_is_nobodys(self, bot: Bot, receiver: Receiver) -> None:
        """With another secret or none, of an unknown kind, with nulls, or without end."""
        chat = await bot.group()
        await bot.hear(receiver, secret_token="ours", drop_pending_updates=True)
        await bot.vendor.fail_webhook("webhook_forged")
        await bot.person("anna", "write", chat=chat, text="x")
        await receiver.until(1)
        for update in ({"update_id": 1, "brand_new": {}}, {"update_id": 2, "message": None}):
            await bot.vendor.operate("post_raw", update=update)
        await receiver.until(3)
        await bot.vendor.operate("post_raw", text="{", padding=1_000_000, is_unsigned=True)
        [forged, *ours, unsigned] = await receiver.until(4)
        shown = [one.headers.get("x-telegram-bot-api-secret-token") for one in receiver.received]

        assert ["a-strangers-secret", "ours", "ours", None] == shown
        assert ["brand_new", "message"] == kinds([one.document for one in ours])
        assert 1_000_001 == len(unsigned.body)
        assert forged.body


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


class TestTG14:
    async def test_tells_of_an_album_piece_by_piece(self, bot: Bot) -> None:
        """Ten documents over two seconds."""
        chat = await bot.group()
        await bot.forget_updates()
        async with bot.session.post("/telegram/__sim/clock", json={"freeze": True}):
            files = [{"name": f"{number}.pdf"} for number in range(10)]
        await bot.person("anna", "send_album", chat=chat, files=files, seconds=0.25)
        told = [len(await bot.updates())]
        for _ in range(2):
            await bot.vendor.advance("1s")
            told.append(len(await bot.updates()))
        await bot.vendor.advance("1s")

        messages = [one["message"] for one in await bot.updates()]

        assert [1, 5, 9, 10] == [*told, len(messages)]
        assert 1 == len({one["media_group_id"] for one in messages})
        assert len(files) == len({one["document"]["file_name"] for one in messages})


class TestTG15:
    async def test_takes_a_group_for_the_sender(self, bot: Bot) -> None:
        """With another name of the chat, which is the person's."""
        chats = [await bot.group() for _ in range(2)]
        opened = [
            dict(
                parse_qsl(
                    (
                        await bot.person(
                            "anna", "open_mini_app", chat=chat, start="s", is_confused=True
                        )
                    )["init_data"]
                )
            )
            for chat in chats
        ]

        assert {"sender"} == {one["chat_type"] for one in opened}
        assert 1 == len({one["chat_instance"] for one in opened})


class TestTG16:
    @pytest.mark.parametrize(
        ("how", "code"),
        [
            ({"age": "24h"}, None),
            ({"age": "24h1s"}, MistrustCode.EXPIRED),
            ({"ahead": "10m"}, MistrustCode.INVALID),
            ({"has_signature": False}, None),
        ],
    )
    async def test_opens_an_application_at_another_time(
        self, bot: Bot, how: dict[str, object], code: MistrustCode | None
    ) -> None:
        """Well signed, whenever that was."""
        async with bot.session.post("/telegram/__sim/clock", json={"freeze": True}) as answer:
            now = datetime.fromisoformat((await answer.json())["now"]).replace(microsecond=0)
        chat = await bot.group(kind="supergroup")
        opened = await bot.person("anna", "open_mini_app", chat=chat, start="token", **how)

        found = READER.open(opened["init_data"], now)

        assert code == (found.code if isinstance(found, NotTrusted) else None)
        if isinstance(found, Opened):
            assert ("supergroup", "token") == (found.chat_type, found.start)

    async def test_opens_it_by_the_bots_button(self, bot: Bot) -> None:
        """And again with what the button said before it was changed."""
        chat = await bot.group()
        for token in ("first", "second"):
            url = f"https://t.me/tramita_demo_bot/pay?startapp={token}"
            markup = {"inline_keyboard": [[{"text": "Open", "url": url}]]}
            await bot.send("Fill in", chat=chat, reply_markup=markup)
        latest = await bot.person("anna", "open_mini_app", chat=chat)
        old = await bot.person("anna", "open_mini_app", chat=chat, start="first")
        address = urlsplit(latest["url"])

        assert ("second", "first") == (latest["start_param"], old["start_param"])
        assert ["second"] == parse_qs(address.query)["tgWebAppStartParam"]
        assert [latest["init_data"]] == parse_qs(address.fragment)["tgWebAppData"]

    async def test_signs_as_telegram_does(self, bot: Bot) -> None:
        """The public examples come out the same, letter by letter."""
        vendor = bot.simulator.act.__self__  # type: ignore[attr-defined]  # the vendor's own method
        for example in (CLIENT, CONFUSED):
            fields = dict(parse_qsl(example))
            signed = {name: fields[name] for name in fields if name not in ("hash", "signature")}
            assert example == vendor.people.launcher.sign(signed)

    async def test_knows_its_own_time(self, bot: Bot) -> None:
        """What is signed now is believed now."""
        chat = await bot.group()
        opened = await bot.person("anna", "open_mini_app", chat=chat, start="s")

        assert isinstance(READER.open(opened["init_data"], datetime.now(UTC)), Opened)


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


class TestTG19:
    async def test_tells_of_commands_and_replies_only(self, bot: Bot) -> None:
        """Of a group that the bot does not lead."""
        chat = await bot.group()
        await bot.vendor.act(is_private=True)
        own = await bot.send("?", chat=chat)
        await bot.forget_updates()
        said = ("small talk", "/status", "hello @tramita_demo_bot")
        for text in said:
            await bot.person("anna", "write", chat=chat, text=text)
        await bot.person("anna", "write", chat=chat, text="an answer", reply_to=own)
        heard = [one["message"]["text"] for one in await bot.updates()]
        await bot.person("igor", "promote_bot", chat=chat)
        await bot.forget_updates()
        await bot.person("anna", "write", chat=chat, text="small talk")

        assert [*said[1:], "an answer"] == heard
        assert ["small talk"] == [one["message"]["text"] for one in await bot.updates()]
        assert not (await bot.ask("getMe"))["can_read_all_group_messages"]


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
        """As a class above."""
        assert {code.replace("-", "") for code in CATALOG} <= {
            name.removeprefix("Test") for name in globals()
        }
