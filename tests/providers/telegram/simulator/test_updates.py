"""How updates are delivered: in order, again and again, and for a day."""

import asyncio

import pytest

from tests.providers.telegram.simulator.bot import Bot, kinds
from tests.simulation.receiver import Receiver
from tests.world import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_HEADER = "x-telegram-bot-api-secret-token"


async def until_tried(bot: Bot, attempts: int) -> None:
    """Wait until the last delivery was tried so often."""

    async def is_so() -> bool:
        found = await bot.vendor.deliveries()
        return bool(found) and len(found[-1]["attempts"]) >= attempts

    await until(is_so)


class TestAnUpdate:
    async def test_is_posted_with_the_secret(self, bot: Bot, receiver: Receiver) -> None:
        """What had waited comes when there is somewhere to post to."""
        chat = await bot.group()
        await bot.hear(receiver, secret_token="a-secret")
        await bot.person("anna", "write", chat=chat, text="Добрый день")

        told = [one.document for one in await receiver.until(3)]

        assert {"a-secret"} == {one.headers[SECRET_HEADER] for one in receiver.received}
        assert ["message", "message", "my_chat_member"] == sorted(kinds(told))
        assert "Добрый день" in [one.get("message", {}).get("text") for one in told]
        numbers = sorted(one["update_id"] for one in told)
        assert list(range(numbers[0], numbers[0] + 3)) == numbers

    async def test_waits_for_the_one_before_of_its_chat(self, bot: Bot, receiver: Receiver) -> None:
        """Other chats do not wait for it."""
        one, other = await bot.group(), await bot.group()
        await bot.forget_updates()
        await bot.hear(receiver)
        receiver.is_silent = True
        await bot.person("anna", "write", chat=one, text="1")
        await receiver.until(1)
        await bot.person("anna", "write", chat=one, text="2")
        await bot.person("anna", "write", chat=other, text="3")
        before = [got.document["message"]["text"] for got in await receiver.until(2)]
        receiver.is_silent = False
        receiver.speak.set()
        after = [got.document["message"]["text"] for got in await receiver.until(3)]

        assert (["1", "3"], ["1", "3", "2"]) == (before, after)

    async def test_comes_again_at_once_and_then_with_pauses_that_double(
        self, bot: Bot, receiver: Receiver
    ) -> None:
        """At least once: nothing but a 2xx is believed."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.vendor.freeze()
        await bot.hear(receiver)
        receiver.statuses = [500, 404, 302, 500]
        await bot.person("anna", "write", chat=chat, text="x")
        tried = []
        await until_tried(bot, 2)
        for seconds in (2, 4, 8):
            await bot.vendor.advance(f"{seconds - 1}s")
            tried.append(len((await bot.vendor.deliveries())[-1]["attempts"]))
            await bot.vendor.advance("1s")
            await until_tried(bot, tried[-1] + 1)

        last = receiver.received[-1].document
        assert [2, 3, 4] == tried
        assert (5, "x") == (len(receiver.received), last["message"]["text"])
        assert 0 == (await bot.ask("getWebhookInfo"))["pending_update_count"]

    @pytest.mark.parametrize(("asked", "waits"), [("30", 30), ("86400", 3600)])
    async def test_comes_again_when_it_is_asked_to(
        self, bot: Bot, receiver: Receiver, asked: str, waits: int
    ) -> None:
        """By ``Retry-After``, within an hour."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.vendor.freeze()
        await bot.hear(receiver)
        receiver.statuses, receiver.headers = [503], {"retry-after": asked}
        await bot.person("anna", "write", chat=chat, text="x")
        await until_tried(bot, 1)
        await bot.vendor.advance(f"{waits - 1}s")
        before = len(receiver.received)
        await bot.vendor.advance("1s")
        await receiver.until(2)

        assert 1 == before

    async def test_is_dropped_after_a_day(self, bot: Bot, receiver: Receiver) -> None:
        """Nobody hears of it any more."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.person("anna", "write", chat=chat, text="old")
        await bot.vendor.advance("24h")
        await bot.person("anna", "write", chat=chat, text="new")

        assert ["new"] == [one["message"]["text"] for one in await bot.updates()]

    async def test_has_its_last_error_told(self, bot: Bot, receiver: Receiver) -> None:
        """And how many wait."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.vendor.freeze()
        await bot.hear(receiver)
        receiver.statuses = [500, 500]
        await bot.person("anna", "write", chat=chat, text="x")
        await until_tried(bot, 2)

        said = await bot.ask("getWebhookInfo")

        assert 1 == said["pending_update_count"]
        assert (
            "Wrong response from the webhook: 500 Internal Server Error"
            == said["last_error_message"]
        )
        assert said["last_error_date"]

    async def test_ends_the_webhook_of_whoever_says_for_a_day_that_it_is_gone(
        self, bot: Bot, receiver: Receiver
    ) -> None:
        """23 hours of 410."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.vendor.freeze()
        await bot.hear(receiver)
        receiver.statuses = [410] * 10
        await bot.person("anna", "write", chat=chat, text="x")
        await until_tried(bot, 2)
        await bot.vendor.advance("23h")
        await until_tried(bot, 3)

        assert "" == (await bot.ask("getWebhookInfo"))["url"]

    async def test_may_be_answered_with_a_method(self, bot: Bot, receiver: Receiver) -> None:
        """What comes of it nobody is told, and some are not done."""
        chat = await bot.group()
        await bot.forget_updates()
        await bot.hear(receiver)
        method = b'{"method": "sendMessage", "chat_id": %d, "text": "pong"}' % chat
        receiver.body = method
        await bot.person("anna", "write", chat=chat, text="ping")
        await receiver.until(1)

        async def is_sent() -> bool:
            return bool(await bot.vendor.ledger("message_sent"))

        await until(is_sent)
        receiver.body = b'{"method": "deleteWebhook"}'
        await bot.person("anna", "write", chat=chat, text="ping")
        await receiver.until(2)

        assert (await bot.ask("getWebhookInfo"))["url"]

    async def test_that_waits_may_be_dropped_with_the_webhook(
        self, bot: Bot, receiver: Receiver
    ) -> None:
        """By whoever wants to begin anew."""
        await bot.group()
        await bot.hear(receiver, drop_pending_updates=True)

        assert 0 == (await bot.ask("getWebhookInfo"))["pending_update_count"]

    async def test_is_told_to_who_wants_to_hear_of_its_kind(
        self, bot: Bot, receiver: Receiver
    ) -> None:
        """``chat_member`` is told to nobody who does not ask for it."""
        chat = await bot.group()
        await bot.person("igor", "promote_bot", chat=chat)
        await bot.forget_updates()
        await bot.person("olga", "join", chat=chat)
        usual = kinds(await bot.updates())
        await bot.forget_updates()
        await bot.updates(allowed_updates=["chat_member"])
        await bot.person("olga", "leave", chat=chat)

        assert (["message"], ["chat_member"]) == (usual, kinds(await bot.updates()))


class TestAskingForUpdates:
    async def test_waits_for_one(self, bot: Bot) -> None:
        """And is answered as soon as there is one."""
        chat = await bot.group()
        await bot.forget_updates()
        asking = asyncio.create_task(bot.updates(timeout=30))
        await bot.person("anna", "write", chat=chat, text="x")

        [told] = await asyncio.wait_for(asking, 20)

        assert "x" == told["message"]["text"]

    async def test_forgets_what_lies_before(self, bot: Bot) -> None:
        """And gives the same again as long as nobody says so."""
        chat = await bot.group()
        for text in "abc":
            await bot.person("anna", "write", chat=chat, text=text)
        first, again = await bot.updates(), await bot.updates()
        last = await bot.updates(offset=-1)

        assert first == again
        assert [first[-1]] == last == await bot.updates()
        assert [] == await bot.updates(first[-1]["update_id"] + 1)

    async def test_is_refused_where_they_are_posted(self, bot: Bot, receiver: Receiver) -> None:
        """One or the other."""
        await bot.hear(receiver)
        posted = await bot.refused("getUpdates")
        await bot.ask("deleteWebhook")

        assert (409, True) == (posted[0], "webhook is active" in posted[1])
        assert isinstance(await bot.updates(), list)

    async def test_ends_another_who_asks(self, bot: Bot) -> None:
        """The one before hears of a conflict."""
        first = asyncio.create_task(bot.call("getUpdates", timeout=30))

        async def is_waiting() -> bool:
            return bool(bot.simulator.conditions()["is_asked"])

        await until(is_waiting)
        second = await bot.call("getUpdates")
        status, said = await asyncio.wait_for(first, 20)

        assert (200, 409) == (second[0], status)
        assert "terminated by other getUpdates request" in said["description"]
