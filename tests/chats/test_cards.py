"""How a thing stands in a chat: one message, edited, the latest in it."""

import asyncio

import pytest

from tests.chats.messenger import AGENT, BACKEND, GROUP, House, at
from tests.chats.writing import LINK, show, timeline, write
from tests.locks import until_waiting
from tramita.chats import cards
from tramita.chats.channel import CHANNEL
from tramita.chats.letters import Letter
from tramita.chats.ports import MESSAGE_UNKNOWN, BotStatus, Membership, Text
from tramita.chats.registry import find_by_token
from tramita.chats.settings import ChatSettings
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import Refused, Unknown


class TestACard:
    async def test_is_written_once_and_edited_from_then_on(self, house: House) -> None:
        """The chat has one message about a thing, and the latest text in it."""
        await house.begin()
        subject = new_id()
        await show(house, subject, "draft")
        await house.work()
        await show(house, subject, "submitted")
        await show(house, subject, "in work")

        await house.hurry()

        [(_, number, said)] = house.messenger.written
        assert "draft" == said.body
        assert [(GROUP.id, number, "in work")] == house.messenger.edits
        assert ["in work"] == await timeline(house)

    async def test_is_sent_again_when_it_changes_while_it_is_taken(self, house: House) -> None:
        """Whoever takes the waiting message has read the card before it changed."""
        await house.begin()
        subject = new_id()
        await show(house, subject, "draft")
        [waiting] = await house.fetch("SELECT id FROM chat_deliveries")

        async with house.database.unit_of_work() as taking:
            assert [None] != await CHANNEL.take(taking, [waiting["id"]])
            changing = asyncio.create_task(show(house, subject, "submitted"))
            await until_waiting(house.database)
        await changing

        states = "SELECT state FROM chat_deliveries ORDER BY id"
        assert ["sending", "waiting"] == [row["state"] for row in await house.fetch(states)]

    async def test_says_the_latest_when_it_is_taken_while_it_changes(self, house: House) -> None:
        """Whoever takes its message waits for the change, and reads that."""
        chat = await house.begin()
        subject = new_id()
        await show(house, subject, "draft")
        [waiting] = await house.fetch("SELECT id FROM chat_deliveries")

        async def take() -> Letter | None:
            async with house.database.unit_of_work() as work:
                return (await CHANNEL.take(work, [waiting["id"]]))[0]

        async with house.database.unit_of_work(actor="test") as changing:
            await cards.show(changing, chat.id, subject, Text("submitted", buttons=LINK))
            taking = asyncio.create_task(take())
            await until_waiting(house.database)
        letter = await taking

        assert letter is not None
        assert letter.said is not None
        assert Text("submitted", buttons=LINK) == letter.said.text

    async def test_gets_its_new_link_when_that_is_replaced(self, house: House) -> None:
        """By the old one nothing opens any more, so whoever sees the card has the new one."""
        chat = await house.begin()
        await show(house, new_id(), "draft")
        await house.work()
        [(_, _, said)] = house.messenger.written
        old = said.buttons[0][0].url.partition("startapp=")[2]

        async with house.database.unit_of_work() as work:
            new = await cards.replace_link(work, chat.id)
        await house.hurry()

        async with house.database.unit_of_work() as work:
            found, lost = [await find_by_token(work, one) for one in (new, old)]
        assert found is not None
        assert (chat.id, None) == (found.id, lost)
        assert [new] == [url.partition("startapp=")[2] for url in house.messenger.links]

    async def test_shows_the_last_of_a_hundred_changes_in_few_messages(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What follows within seconds is gathered: one delivery waits."""
        monkeypatch.setenv("TRAMITA_CHATS_CARD_SECONDS", "3600")
        await house.begin()
        subject = new_id()
        await show(house, subject, "0")
        await house.work()

        for n in range(1, 100):
            await show(house, subject, str(n))
            await house.work()
        await house.hurry()

        assert 1 == len(house.messenger.written)
        assert ["99"] == [text for _, _, text in house.messenger.edits]

    async def test_of_a_hundred_changes_takes_less_than_a_group_may(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Even where nothing is gathered: the last is shown when the minute is over."""
        monkeypatch.setenv("TRAMITA_CHATS_CHAT_SECONDS", "0.000001")
        monkeypatch.setenv("TRAMITA_CHATS_CARD_SECONDS", "0")
        await house.begin()
        subject = new_id()
        for n in range(100):
            await show(house, subject, str(n))
            await house.work()

        sent = len(house.messenger.calls)
        await house.hurry()

        assert 15 == sent
        assert "99" == house.messenger.edits[-1][2]

    async def test_whose_edit_was_lost_is_edited_again(self, house: House) -> None:
        """Saying the same twice is saying it once, so nobody has to look."""
        await house.begin()
        subject = new_id()
        await show(house, subject, "draft")
        await house.work()
        house.messenger.answers[GROUP.id] = [Unknown("the connection broke")]
        await show(house, subject, "in work")

        await house.hurry()
        await house.hurry()

        assert ["in work", "in work"] == [text for _, _, text in house.messenger.edits]
        assert ["delivered", "delivered"] == await house.states()

    async def test_whose_message_was_deleted_is_written_anew(self, house: House) -> None:
        """Somebody cleared it away: the next change stands in a new one."""
        await house.begin()
        subject = new_id()
        await show(house, subject, "draft")
        await house.work()
        house.messenger.answers[GROUP.id] = [Refused(MESSAGE_UNKNOWN, "message to edit not found")]
        await show(house, subject, "in work")

        await house.hurry()
        await house.hurry()

        assert ["draft", "in work"] == house.messenger.texts(GROUP.id)

    async def test_leaves_room_for_documents(self, house: House) -> None:
        """Of a group's messages some are never a card's; as many as the process was told."""
        house.runtime.configure(
            ChatSettings(
                backend=BACKEND,
                chat_seconds=0.000001,
                card_seconds=0.0,
                group_messages=4,
                reserved_messages=2,
            )
        )
        await house.begin()
        subject = new_id()
        for n in range(5):
            await show(house, subject, str(n))
            await house.work()

        await write(house, "Document")
        await house.work()

        assert ["0", "Document"] == house.messenger.texts(GROUP.id)
        assert ["1"] == [text for _, _, text in house.messenger.edits]

    async def test_that_a_lost_chat_missed_is_shown_when_it_is_back(self, house: House) -> None:
        """The bot added again shows how things stand, by itself."""
        await house.begin()
        subject = new_id()
        await show(house, subject, "draft")
        await house.work()
        await house.tell(house.update(BotStatus(AGENT, Membership.MEMBER, Membership.LEFT, at(20))))
        await show(house, subject, "in work")
        await house.hurry()

        await house.tell(house.update(BotStatus(AGENT, Membership.LEFT, Membership.MEMBER, at(30))))
        await house.hurry()

        assert ["in work"] == [text for _, _, text in house.messenger.edits]
