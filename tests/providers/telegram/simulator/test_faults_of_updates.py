"""What goes wrong with updates and Mini Apps at the simulated Telegram, by the codes of its catalogue."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from tests.providers.telegram.simulator.bot import Bot, kinds
from tests.providers.telegram.vectors import CLIENT, CONFUSED
from tests.simulation.receiver import Receiver
from tramita.chats.ports import MistrustCode, NotTrusted, Opened
from tramita.providers.telegram.mini_app import MiniAppReader

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


class TestTG14:
    async def test_tells_of_an_album_piece_by_piece(self, bot: Bot) -> None:
        """Ten documents over two seconds."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.vendor.freeze()
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
        now = datetime.fromisoformat(await bot.vendor.freeze()).replace(microsecond=0)
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
