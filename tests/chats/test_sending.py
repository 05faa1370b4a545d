"""What is written into chats: once, as quickly as the messenger allows, and shown where it did not arrive."""

import random
from datetime import timedelta
from typing import Any

import pytest

from tests.chats.messenger import AGENT, GROUP, OTHER, House, ago, at, later, message
from tests.chats.writing import show, timeline, write
from tramita.chats import pacing, queries
from tramita.chats.channel import CHANNEL
from tramita.chats.letters import Sent
from tramita.chats.lifecycle import ChatState
from tramita.chats.ports import NOT_ACCEPTED, BotStatus, Gone, Membership, Moved, Text
from tramita.chats.sending import NewDocument, send_again, send_document, send_text
from tramita.kit.identifiers import new_id
from tramita.kit.outbox.letters import Settlement, Verdict
from tramita.kit.outcome import Done, Outcome, Refused, Unknown
from tramita.testing.waiting import until

NEW = -1009001


class TestAText:
    async def test_is_written_once_by_many_at_the_same_moment(self, house: House) -> None:
        """Jobs may be repeated; messages are not, and stand in the chat's history."""
        await house.begin()
        send = await write(house, "Hello")
        async with house.database.unit_of_work() as work:
            CHANNEL.enqueue(work, [send, send])

        await house.work()

        assert ["Hello"] == house.messenger.texts(GROUP.id) == await timeline(house)
        assert ["delivered"] == await house.states()

    async def test_is_written_once_for_a_cause(self, house: House) -> None:
        """Whoever is told of the same thing again writes nothing again."""
        chat = await house.begin()
        await write(house, "Hello", cause="greeting")

        async with house.database.unit_of_work() as work:
            again = await send_text(work, chat.id, Text("Hello"), cause="greeting")

        assert again is None

    async def test_that_may_stand_there_is_not_repeated_but_by_a_person(self, house: House) -> None:
        """A lost answer is shown as unknown."""
        await house.begin()
        house.messenger.answers[GROUP.id] = [Unknown("the connection broke")]
        send = await write(house, "Once")
        await house.work()
        await house.hurry()

        unknown = await house.states()
        async with house.database.unit_of_work(actor="operator") as work:
            await send_again(work, send)
        await house.hurry()

        assert (["unknown"], ["delivered"]) == (unknown, await house.states())
        assert ["Once", "Once"] == house.messenger.texts(GROUP.id)

    async def test_whose_worker_died_while_it_went_is_unknown(self, house: House) -> None:
        """Handed over and never heard of again: it may stand there."""
        await house.begin()
        send = await write(house, "Once")
        async with house.database.unit_of_work() as work:
            [letter] = await CHANNEL.take(work, [send])
        assert letter is not None
        await house.fetch("UPDATE chat_attempts SET handed_at = now()")
        await house.fetch("UPDATE chat_deliveries SET lease_until = now() - interval '1 second'")

        await house.work(late=True)

        assert ["unknown"] == await house.states()
        assert [] == house.messenger.written

    async def test_that_is_not_taken_is_refused_and_shown(self, house: House) -> None:
        """What a person reads of it is the messenger's reason."""
        chat = await house.begin()
        house.messenger.answers[GROUP.id] = [Refused(NOT_ACCEPTED, "can't parse entities")]
        await write(house, "<b")

        await house.work()

        async with house.database.unit_of_work() as work:
            [shown] = await queries.list_undelivered(work, chat.id, before=None, limit=10)
        assert ("refused", "<b") == (shown.state, shown.title)
        assert "parse" in (shown.why or "")

    async def test_goes_where_the_chat_is_now(self, house: House) -> None:
        """A chat that moved meanwhile says so once; both its numbers are known then."""
        before = await house.begin()
        house.messenger.answers[GROUP.id] = [Done(Moved(NEW))]
        await write(house, "Hello")

        await house.work()
        await house.hurry()

        assert ["Hello"] == house.messenger.texts(NEW)
        assert before.id == (await house.chat(NEW)).id == (await house.chat()).id

    async def test_after_texts_before_it(self, house: House) -> None:
        """Within a chat what was written first comes first, whoever's turn it is."""
        await house.begin()
        await write(house, "One", "Two", "Three")

        for _ in range(6):
            await house.hurry()

        assert ["One", "Two", "Three"] == house.messenger.texts(GROUP.id)

    async def test_keeps_its_turn_however_often_it_has_to_wait(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Many written at once go one after the other, by themselves, and none is left behind."""
        monkeypatch.setenv("TRAMITA_CHATS_CHAT_SECONDS", "0.3")
        await house.begin()
        await write(house, "0")
        await house.work()
        await write(house, *"1234")

        async def all_stand_there() -> bool:
            await house.work()
            return {"delivered"} == set(await house.states())

        await until(all_stand_there)

        assert [*"01234"] == house.messenger.texts(GROUP.id)

    async def test_and_a_file_with_its_content(self, house: House) -> None:
        """A file is read where files are kept, and uploaded."""
        chat = await house.begin()
        stored = await house.runtime.files.put(b"%PDF-1.7 act")
        async with house.database.unit_of_work() as work:
            document = NewDocument(stored.digest, "act.pdf", stored.media_type, "Act No 5")
            await send_document(work, chat.id, document)

        await house.work()

        [(_, _, sent)] = house.messenger.written
        assert (b"%PDF-1.7 act", "act.pdf") == (sent.content, sent.name)
        assert ["Act No 5\nact.pdf"] == await timeline(house)


class TestAChat:
    async def test_that_the_bot_was_removed_from_is_lost_until_it_is_back(
        self, house: House
    ) -> None:
        """Nothing waits for a lost chat; it is told of once, and reopened by adding the bot again."""
        await house.begin(since=ago(60))
        house.messenger.answers[GROUP.id] = [Done(Gone("bot was kicked"))]
        await write(house, "One", "Two")
        await house.work()
        lost = await house.chat()
        states = await house.states()

        back = BotStatus(AGENT, Membership.LEFT, Membership.MEMBER, at(10**8))
        await house.tell(house.update(back))

        assert (ChatState.LOST, ["failed", "cancelled"]) == (lost.state, states)
        assert ChatState.PRESENT is (await house.chat()).state
        assert [None] == house.listener.heard("bot_removed")

    async def test_is_found_again_by_what_is_said_there(self, house: House) -> None:
        """A messenger that was wrong about it is not believed for ever."""
        await house.begin(since=ago(60))
        house.messenger.answers[GROUP.id] = [Done(Gone("chat not found"))]
        await write(house, "One")
        await house.work()

        await house.tell(house.update(message(9, "Anybody there?", 10**8)))

        assert ChatState.PRESENT is (await house.chat()).state

    @pytest.mark.parametrize("is_told_before", [True, False])
    async def test_that_the_bot_was_added_to_meanwhile_is_not_lost(
        self, house: House, is_told_before: bool
    ) -> None:
        """It was not there when the letter was taken; that this is recorded later says nothing of what came after."""
        await house.begin(since=ago(60))
        send = await write(house, "One")
        async with house.database.unit_of_work() as work:
            [letter] = await CHANNEL.take(work, [send])
        assert letter is not None
        await house.fetch(
            "UPDATE chat_attempts SET started_at = started_at - interval '40 seconds'"
        )
        back = house.update(BotStatus(AGENT, Membership.LEFT, Membership.MEMBER, ago(20)))

        if is_told_before:
            await house.tell(back)
        gone = Sent(Verdict.GONE, 403, "bot was kicked", "", 1)
        async with house.database.unit_of_work() as work:
            await CHANNEL.settle(work, [Settlement(letter, gone, None)])
        await house.tell(back)

        assert ChatState.PRESENT is (await house.chat()).state
        assert ["failed"] == await house.states()

    async def test_that_has_to_wait_loses_nothing_and_holds_up_no_other(self, house: House) -> None:
        """One chat's 429 is its own; everything arrives when it is over."""
        await house.begin()
        await house.begin(OTHER)
        house.messenger.answers[GROUP.id] = [later(60), later(30)]
        await write(house, "One", "Two")
        await house.work()

        await write(house, "Elsewhere", chat=OTHER.id)
        await house.work()
        during = (house.messenger.texts(GROUP.id), house.messenger.texts(OTHER.id))
        calls = house.messenger.calls.count(GROUP.id)
        for _ in range(5):
            await house.hurry()

        assert ([], ["Elsewhere"]) == during
        assert 1 == calls
        assert ["One", "Two"] == house.messenger.texts(GROUP.id)

    async def test_and_another_that_have_to_wait_close_the_bot(self, house: House) -> None:
        """Told so in two chats, nothing is written to a third either until then."""
        third = OTHER.__class__(-4003, OTHER.type)
        for chat in (GROUP, OTHER, third):
            await house.begin(chat)
        for chat in (GROUP, OTHER):
            house.messenger.answers[chat.id] = [later(60)]
            await write(house, "One", chat=chat.id)
            await house.work()

        await write(house, "Two", chat=third.id)
        await house.work()

        closed = house.messenger.texts(third.id)
        for _ in range(4):
            await house.hurry()
        assert ([], ["Two"]) == (closed, house.messenger.texts(third.id))

    async def test_gets_no_more_than_a_group_may(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So many in a window; the next waits for it to move on."""
        monkeypatch.setenv("TRAMITA_CHATS_CHAT_SECONDS", "0.000001")
        monkeypatch.setenv("TRAMITA_CHATS_GROUP_MESSAGES", "3")
        await house.begin()
        await write(house, *"12345")

        await house.work()
        [due] = await house.fetch(
            "SELECT min(next_attempt_at) - now() AS wait FROM chat_deliveries "
            "WHERE state = 'waiting' AND NOT is_held"
        )

        assert ["1", "2", "3"] == house.messenger.texts(GROUP.id)
        assert timedelta(seconds=50) < due["wait"] < timedelta(seconds=61)

    async def test_and_all_others_get_no_more_than_the_bot_may(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So many in a second, over all chats."""
        # It is a long one, as the machine may stand still for a short one.
        monkeypatch.setattr(pacing, "_SECOND", timedelta(minutes=1))
        monkeypatch.setenv("TRAMITA_CHATS_BOT_MESSAGES", "2")
        chats = [OTHER.__class__(-5000 - n, OTHER.type) for n in range(4)]
        for chat in chats:
            await house.begin(chat)
        for chat in chats:
            await write(house, "Hello", chat=chat.id)

        await house.work()

        assert 2 == len(house.messenger.written)
        await house.hurry()
        assert 4 == len(house.messenger.written)


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_left_behind_whatever_is_answered(
    house: House, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Texts and cards of several chats, told to wait, lost or taken: each comes to an end by itself."""
    monkeypatch.setenv("TRAMITA_CHATS_CHAT_SECONDS", "0.05")
    monkeypatch.setenv("TRAMITA_CHATS_CARD_SECONDS", "0.1")
    monkeypatch.setenv("TRAMITA_CHATS_GROUP_SECONDS", "1")
    monkeypatch.setenv("TRAMITA_CHATS_GROUP_MESSAGES", "7")
    chance = random.Random(seed)
    chats = [GROUP, OTHER]
    for chat in chats:
        await house.begin(chat)
        faults: list[Outcome[Any] | None] = [later(0.05), Unknown("lost"), None]
        house.messenger.answers[chat.id] = chance.choices(faults, [2, 1, 6], k=12)
    subjects = [new_id() for _ in range(2)]
    for n in range(8):
        number = chance.choice(chats).id
        await write(house, *(f"{n} {one}" for one in range(chance.randint(1, 3))), chat=number)
        await show(house, chance.choice(subjects), f"card {n}", number)
        if chance.random() < 0.5:
            await house.work()

    async def is_at_rest() -> bool:
        await house.work()
        return {"delivered", "unknown"} >= set(await house.states())

    await until(is_at_rest)
    for chat in chats:
        texts = [one for one in house.messenger.texts(chat.id) if not one.startswith("card")]
        assert len(set(texts)) == len(texts)
