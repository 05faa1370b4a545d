"""The methods of the simulated Bot API, as its documents have them."""

import json
from typing import Any

import pytest

from tests.providers.telegram.simulator.bot import ANNA, BOT, TOKEN, Bot, kinds

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestARequest:
    @pytest.mark.parametrize("how", ["query", "form", "json", "multipart"])
    async def test_may_bear_its_parameters_in_four_ways(self, bot: Bot, how: str) -> None:
        """A keyboard is JSON in JSON where it is no body."""
        chat = await bot.group()
        keyboard = {"inline_keyboard": [[{"text": "Open", "url": "https://example.org"}]]}
        plain = {"chat_id": str(chat), "text": "ção", "reply_markup": json.dumps(keyboard)}
        address = f"/telegram/bot{TOKEN}/sendMessage"
        form = "".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in plain.items()
        )
        ways: dict[str, dict[str, Any]] = {
            "query": {"params": plain},
            "form": {"data": plain},
            "json": {"json": {**plain, "chat_id": chat, "reply_markup": keyboard}},
            "multipart": {
                "data": f"{form}--x--\r\n".encode(),
                "headers": {"content-type": "multipart/form-data; boundary=x"},
            },
        }
        sent = ways[how]
        async with bot.session.request(
            "GET" if how == "query" else "POST", address, **sent
        ) as answer:
            said = await answer.json()

        assert ("ção", keyboard) == (said["result"]["text"], said["result"]["reply_markup"])

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            (f"bot{TOKEN}/sendmessage", 400),
            (f"bot{TOKEN}/SENDMESSAGE", 400),
            (f"bot{TOKEN}/sendCarrierPigeon", 404),
            ("bot1000001:WRONG/getMe", 401),
            ("nobody/getMe", 404),
        ],
    )
    async def test_names_bot_and_method(self, bot: Bot, path: str, status: int) -> None:
        """Methods in whatever letters; another bot is unauthorized, another path nothing."""
        async with bot.session.get(f"/telegram/{path}") as answer:
            assert status == answer.status
            assert not (await answer.json())["ok"]

    async def test_leaves_no_token_in_the_journal(self, bot: Bot) -> None:
        """Nor on the panel that shows it."""
        await bot.ask("getMe")

        assert TOKEN not in json.dumps(await bot.vendor.journal())


class TestASecretOfAWebhook:
    @pytest.mark.parametrize(
        ("parameters", "words"),
        [
            ({"secret_token": "a b"}, "unallowed characters"),
            ({"secret_token": "x" * 257}, "too long"),
            ({"url": "https://elsewhere.example/hook"}, "HTTPS URL must be provided"),
            ({"url": "ftp://127.0.0.1/hook"}, "HTTPS URL must be provided"),
        ],
    )
    async def test_is_of_telegrams_letters(
        self, bot: Bot, parameters: dict[str, Any], words: str
    ) -> None:
        """And the address on this machine."""
        asked = {"url": "http://127.0.0.1:9/hook", **parameters}

        status, said = await bot.refused("setWebhook", **asked)

        assert (400, True) == (status, words in said)

    async def test_is_not_for_https_only_where_the_operator_says_so(self, bot: Bot) -> None:
        """As it is at Telegram."""
        await bot.vendor.act(allows_http=False)

        status, _ = await bot.refused("setWebhook", url="http://127.0.0.1:9/hook")

        assert 400 == status


class TestWriting:
    async def test_numbers_messages_by_chat(self, bot: Bot) -> None:
        """Those of people and those of the bot."""
        one, other = await bot.group(), await bot.group()
        first = await bot.send("a", chat=one)
        await bot.person("anna", "write", chat=one, text="b")
        numbers = [first, await bot.send("c", chat=one), await bot.send("d", chat=other)]

        assert [numbers[0], numbers[0] + 2, numbers[0]] == numbers

    @pytest.mark.parametrize(
        ("button", "words"),
        [
            ({"text": "x", "web_app": {"url": "https://example.org"}}, "BUTTON_TYPE_INVALID"),
            ({"text": "x", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
            ({"text": "x", "url": "javascript:alert(1)"}, "Unsupported URL protocol"),
            ({"text": "x"}, "not allowed in the inline keyboard"),
            ({"text": "x", "url": "https://a.example", "callback_data": "y"}, "not allowed"),
            ({"text": " ", "url": "https://a.example"}, "not allowed"),
        ],
    )
    async def test_takes_buttons_that_do_one_thing(
        self, bot: Bot, button: dict[str, Any], words: str
    ) -> None:
        """A Mini App opens from no button in a group."""
        markup = {"inline_keyboard": [[button]]}

        said = await bot.refused(
            "sendMessage", chat_id=await bot.group(), text="x", reply_markup=markup
        )

        assert words in said[1]

    async def test_lets_a_private_chat_open_a_mini_app(self, bot: Bot) -> None:
        """There such a button works."""
        chat = (await bot.person("anna", "start_bot"))["chat"]
        markup = {"inline_keyboard": [[{"text": "x", "web_app": {"url": "https://a.example"}}]]}

        assert await bot.send("x", chat=chat, reply_markup=markup)

    async def test_reads_markup(self, bot: Bot) -> None:
        """Entities are counted in UTF-16 units."""
        said = await bot.ask(
            "sendMessage",
            chat_id=await bot.group(),
            text='🙂 <b>Заявка</b> &lt;7&gt; <a href="https://a.example/?x=1&amp;y=2">там</a>',
            parse_mode="HTML",
        )

        assert "🙂 Заявка <7> там" == said["text"]
        assert [
            {"type": "bold", "offset": 3, "length": 6},
            {"type": "text_link", "offset": 14, "url": "https://a.example/?x=1&y=2", "length": 3},
        ] == said["entities"]

    async def test_knows_what_is_replied_to(self, bot: Bot) -> None:
        """Unless that is gone, and it may be."""
        chat = await bot.group()
        asked = (await bot.person("anna", "write", chat=chat, text="?"))["message_id"]
        lost = {"message_id": 999}
        said = await bot.ask(
            "sendMessage", chat_id=chat, text="!", reply_parameters={"message_id": asked}
        )
        no = await bot.refused("sendMessage", chat_id=chat, text="!", reply_parameters=lost)
        lost = {**lost, "allow_sending_without_reply": True}

        assert asked == said["reply_to_message"]["message_id"]
        assert "message to be replied not found" in no[1]
        assert await bot.send("!", chat=chat, reply_parameters=lost)

    async def test_changes_the_bots_own_messages(self, bot: Bot) -> None:
        """What says the same is not modified; another's is not its to edit."""
        chat = await bot.group()
        own = await bot.send("a", chat=chat)
        others = (await bot.person("anna", "write", chat=chat, text="?"))["message_id"]
        edited = await bot.ask("editMessageText", chat_id=chat, message_id=own, text="b")
        no = [
            (await bot.refused("editMessageText", chat_id=chat, message_id=one, text="b"))[1]
            for one in (own, 999, others)
        ]

        assert ("b", True) == (edited["text"], "edit_date" in edited)
        assert "message is not modified" in no[0]
        assert "message to edit not found" in no[1]
        assert "message can't be edited" in no[2]

    async def test_deletes_pins_and_copies(self, bot: Bot) -> None:
        """To pin, the bot leads the group."""
        chat = await bot.group()
        own = await bot.send("a", chat=chat)
        message = {"chat_id": chat, "message_id": own}
        no = await bot.refused("pinChatMessage", **message)
        await bot.person("igor", "promote_bot", chat=chat)
        await bot.ask("pinChatMessage", **message)
        pinned = (await bot.ask("getChat", chat_id=chat))["pinned_message"]["message_id"]
        copied = await bot.ask("copyMessage", from_chat_id=chat, **message)
        await bot.ask("deleteMessage", **message)
        gone = await bot.refused("deleteMessage", **message)

        assert "not enough rights" in no[1]
        assert (own, own + 1) == (pinned, copied["message_id"])
        assert "message to delete not found" in gone[1]


class TestFiles:
    async def test_are_uploaded_sent_again_and_downloaded(self, bot: Bot) -> None:
        """By the bot's name of them."""
        chat = await bot.group()
        _, said = await bot.upload(chat, b"%PDF-1.4 x", "Счёт.pdf", caption="An invoice")
        document = said["result"]["document"]
        again = await bot.ask("sendDocument", chat_id=chat, document=document["file_id"])
        path = (await bot.ask("getFile", file_id=document["file_id"]))["file_path"]

        assert ("Счёт.pdf", "An invoice") == (document["file_name"], said["result"]["caption"])
        assert document["file_id"] == again["document"]["file_id"]
        assert (200, b"%PDF-1.4 x") == await bot.download(path)

    async def test_come_in_albums_of_one_kind(self, bot: Bot) -> None:
        """Two to ten."""
        chat = await bot.group()
        _, said = await bot.upload(chat, b"x")
        name = said["result"]["document"]["file_id"]
        document, photo = ({"type": kind, "media": name} for kind in ("document", "photo"))
        album = await bot.ask("sendMediaGroup", chat_id=chat, media=[document] * 10)
        no = [
            (await bot.refused("sendMediaGroup", chat_id=chat, media=media))[1]
            for media in ([document], [document] * 11, [document, photo])
        ]

        assert (10, 1) == (len(album), len({one["media_group_id"] for one in album}))
        assert ["wrong number", "wrong number", "can't be mixed"] == [
            words for one in no for words in ("wrong number", "can't be mixed") if words in one
        ]

    async def test_of_addresses_are_not_fetched(self, bot: Bot) -> None:
        """Telegram reaches nothing here."""
        asked = {"chat_id": await bot.group(), "document": "https://a.example/x.pdf"}

        assert "failed to get HTTP URL content" in (await bot.refused("sendDocument", **asked))[1]


class TestChats:
    async def test_say_who_is_there(self, bot: Bot) -> None:
        """By their standing; who leads it is told of all."""
        chat = await bot.group()
        found = {
            user: (await bot.ask("getChatMember", chat_id=chat, user_id=user))["status"]
            for user in (ANNA, 700900, 700901, BOT)
        }
        leading = await bot.ask("getChatAdministrators", chat_id=chat)

        assert ["member", "creator", "left", "member"] == list(found.values())
        assert [700900] == [one["user"]["id"] for one in leading]
        assert 3 == await bot.ask("getChatMemberCount", chat_id=chat)

    async def test_may_hide_who_is_there(self, bot: Bot) -> None:
        """From a bot that does not lead them."""
        chat = await bot.group()
        await bot.vendor.act(hides_members=True)
        asked = {"chat_id": chat, "user_id": ANNA}
        hidden = await bot.refused("getChatMember", **asked)
        await bot.person("igor", "promote_bot", chat=chat)

        assert (400, "Bad Request: member not found") == hidden
        assert "member" == (await bot.ask("getChatMember", **asked))["status"]

    async def test_are_left(self, bot: Bot) -> None:
        """And nothing can be done there afterwards."""
        chat = await bot.group()
        await bot.ask("leaveChat", chat_id=chat)

        assert (403, "Forbidden: bot is not a member of the group chat") == await bot.refused(
            "sendMessage", chat_id=chat, text="x"
        )

    async def test_of_nobody_are_not_found(self, bot: Bot) -> None:
        """Whatever is asked about them."""
        assert "chat not found" in (await bot.refused("getChat", chat_id=-1))[1]

    async def test_have_commands_and_a_menu(self, bot: Bot) -> None:
        """The menu is for private chats; nobody minds."""
        commands = [{"command": "start", "description": "Begin"}]
        await bot.ask("setMyCommands", commands=commands)
        await bot.ask("setChatMenuButton", menu_button={"type": "commands"})

        assert commands == await bot.ask("getMyCommands")


class TestAButton:
    async def test_is_pressed_and_answered(self, bot: Bot) -> None:
        """Within half a minute; what it is in is told by its other name."""
        chat = await bot.group()
        markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
        await bot.send("?", chat=chat, reply_markup=markup)
        await bot.person("anna", "press", chat=chat, data="yes")
        [query] = [one["callback_query"] for one in await bot.updates() if "callback_query" in one]
        await bot.ask("answerCallbackQuery", callback_query_id=query["id"], text="Done")
        await bot.vendor.advance("31s")
        late = await bot.refused("answerCallbackQuery", callback_query_id=query["id"])

        assert ("yes", ANNA) == (query["data"], query["from"]["id"])
        assert int(query["chat_instance"])
        assert "query is too old" in late[1]


class TestPeople:
    async def test_come_and_go(self, bot: Bot) -> None:
        """Of which a bot that leads the group is told, if it asks for that."""
        chat = await bot.group()
        await bot.person("igor", "promote_bot", chat=chat)
        await bot.forget_updates()
        await bot.updates(allowed_updates=["message", "chat_member"])
        await bot.person("olga", "join", chat=chat)
        await bot.person("anna", "leave", chat=chat)

        told = await bot.updates()

        assert ["chat_member", "message"] * 2 == kinds(told)
        assert "left" == told[2]["chat_member"]["new_chat_member"]["status"]

    async def test_delete_messages_and_nobody_tells(self, bot: Bot) -> None:
        """As the Bot API never does."""
        chat = await bot.group()
        await bot.person("anna", "write", chat=chat, text="a slip")
        await bot.forget_updates()
        await bot.person("anna", "delete", chat=chat)

        assert [] == await bot.updates()

    async def test_may_write_as_the_group(self, bot: Bot) -> None:
        """Then nobody knows who it was."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.person("igor", "write", chat=chat, text="We agree", is_anonymous=True)

        [told] = await bot.updates()

        message = told["message"]
        assert (chat, "GroupAnonymousBot") == (
            message["sender_chat"]["id"],
            message["from"]["username"],
        )
