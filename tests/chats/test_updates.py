"""What the messenger tells has its effect once, in whatever order it comes."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.chats.messenger import (
    AGENT,
    CLIENT,
    GROUP,
    OTHER,
    STRANGER,
    House,
    ListenerFailed,
    ago,
    at,
    bodies,
    message,
)
from tests.locks import until_waiting
from tramita.chats.channel import CHANNEL
from tramita.chats.journey.take_update import JOB
from tramita.chats.letters import Sent
from tramita.chats.lifecycle import ChatState
from tramita.chats.members import find_there, membership
from tramita.chats.moving import move_chat
from tramita.chats.ports import (
    MEMBER_HIDDEN,
    BotStatus,
    ButtonPressed,
    Chat,
    ChatType,
    Command,
    Member,
    MembersChanged,
    Membership,
    Migrated,
    Text,
    Update,
)
from tramita.chats.queries import MessageView, list_messages, list_revisions
from tramita.chats.registry import add_chats, find_by_token, pin_instance, start_token
from tramita.chats.sending import send_text
from tramita.chats.standing import note_bot
from tramita.kit import inbox
from tramita.kit.outbox.letters import Settlement, Verdict
from tramita.kit.outcome import Done, Outcome, Refused

NEW = Chat(-1009001, ChatType.SUPERGROUP, "Payment to Shenzhen")


async def messages(house: House, number: int = GROUP.id) -> list[MessageView]:
    """What people wrote in a chat, the oldest first."""
    chat = await house.chat(number)
    async with house.database.unit_of_work() as work:
        found = await list_messages(work, chat.id, before=None, limit=200)
    return [one for one in found if not one.is_ours][::-1]


async def pin(house: House, chat_id: UUID, name: str, at: datetime) -> bool:
    """Whether this is a chat's other name, as an opening from then says."""
    async with house.database.unit_of_work(actor="test") as work:
        return await pin_instance(work, chat_id, name, at=at)


async def revisions(house: House) -> list[str]:
    """Texts that the only message had before."""
    chat = await house.chat()
    [only] = await messages(house)
    async with house.database.unit_of_work() as work:
        return bodies(await list_revisions(work, chat.id, only.id))


class TestAChat:
    async def test_belongs_to_the_tenant_of_the_agent_who_adds_the_bot(self, house: House) -> None:
        """An agent activates a chat by adding the bot; nothing is said then."""
        chat = await house.begin()

        assert ("house", AGENT.id, "Payment to Shenzhen") == (
            chat.tenant,
            chat.added_by,
            chat.title,
        )
        assert [] == house.messenger.written

    async def test_of_a_stranger_is_nobodys_and_told_so_once(self, house: House) -> None:
        """Of a chat that nobody may activate nothing is kept, and the bot says so once."""
        await house.begin(by=STRANGER)
        call = message(3, "/start", sender=STRANGER, command=Command("start"))
        await house.tell(house.update(call))

        await house.hurry()

        chat = await house.chat()
        assert (None, "") == (chat.tenant, chat.title)
        [said] = house.messenger.texts(GROUP.id)
        assert "not activated" in said

    async def test_is_activated_by_an_agent_who_calls_the_bot_there(self, house: House) -> None:
        """What the client wrote before is kept then, too."""
        await house.begin(by=STRANGER)
        await house.tell(house.update(message(2, "Good day")))
        call = message(3, "/start", 2, sender=AGENT, command=Command("start"))

        await house.tell(house.update(call))
        await house.work(late=True)

        assert ["Good day", "/start"] == bodies(await messages(house))

    async def test_is_lost_and_found_again_by_the_latest_news(self, house: House) -> None:
        """An old "added" that comes after "removed" changes nothing; a new one does."""
        chat = await house.begin()
        gone = house.update(BotStatus(AGENT, Membership.MEMBER, Membership.KICKED, at(20)))
        old = house.update(BotStatus(AGENT, Membership.LEFT, Membership.MEMBER, at(10)))
        await house.tell(gone)
        await house.tell(old)

        lost = await house.chat()
        await house.tell(house.update(BotStatus(AGENT, Membership.LEFT, Membership.MEMBER, at(30))))

        found = await house.chat()
        assert (ChatState.LOST, ChatState.PRESENT) == (lost.state, found.state)
        assert chat.id == found.id
        assert [None] == house.listener.heard("bot_removed")

    async def test_is_there_again_however_late_that_is_told(self, house: House) -> None:
        """When the bot went and came counts, not when we heard of it."""
        await house.begin(since=ago(7200))
        await house.tell(
            house.update(BotStatus(AGENT, Membership.MEMBER, Membership.KICKED, ago(3600)))
        )

        await house.tell(
            house.update(BotStatus(AGENT, Membership.LEFT, Membership.MEMBER, ago(1800)))
        )

        assert ChatState.PRESENT is (await house.chat()).state

    async def test_is_lost_when_the_bot_went_after_somebody_was_heard(self, house: House) -> None:
        """That it was found again is decided when everybody else has said what they know."""
        chat = await house.begin(since=ago(60))
        kicked = BotStatus(AGENT, Membership.MEMBER, Membership.KICKED, ago(50))
        await house.tell(house.update(kicked))

        async with asyncio.TaskGroup() as tasks, house.database.unit_of_work(actor="test") as work:
            again = replace(kicked, at=ago(30))
            await note_bot(work, chat.id, again, house.update(again).update_id)
            heard = replace(message(9, "Anybody there?"), at=ago(40))
            tasks.create_task(house.tell(house.update(heard)))
            await until_waiting(house.database)

        assert ChatState.LOST is (await house.chat()).state


class TestAMessage:
    async def test_before_the_news_of_the_bot_waits_for_it(self, house: House) -> None:
        """The order of a messenger's queues is not that of what happened."""
        await house.tell(house.update(message(5, "Invoice attached")))

        await house.begin()
        await house.work(late=True)

        assert ["Invoice attached"] == bodies(await messages(house))

    async def test_that_comes_twice_is_kept_once(self, house: House) -> None:
        """Under its own update or another, in one batch or later."""
        await house.begin()
        said = house.update(message(5, "Once"))

        await house.tell(said, replace(said, update_id=1))
        await house.tell(replace(said, update_id=2))

        assert ["Once"] == bodies(await messages(house))

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
    async def test_has_the_text_of_its_latest_edit_in_any_order(
        self, house: House, order: tuple[int, ...]
    ) -> None:
        """Two edits within the same second are told apart by their updates."""
        await house.begin()
        versions = [
            house.update(message(5, "1000")),
            house.update(message(5, "1500", edited_at=at(9))),
            house.update(message(5, "2000", edited_at=at(9))),
        ]

        for n in order:
            await house.tell(versions[n])

        [only] = await messages(house)
        assert ("2000", at(9)) == (only.text, only.edited_at)
        assert ["1000", "1500"] == await revisions(house)

    async def test_of_a_chat_that_nobody_activates_is_passed_over(self, house: House) -> None:
        """After a while nothing is kept of it but that it came."""
        await house.begin(by=STRANGER)
        await house.tell(house.update(message(5, "Private")))
        await house.fetch("UPDATE inbox SET received_at = received_at - interval '20 minutes'")

        await house.work(late=True)

        rows = await house.fetch("SELECT body <> '' AS is_kept FROM inbox ORDER BY received_at")
        assert [False, True] == sorted(row["is_kept"] for row in rows)
        assert [] == await messages(house)

    async def test_that_nobody_knows_stays_and_is_shown(self, house: House) -> None:
        """An update of an unknown kind is kept with the reason, and holds up no other."""
        await house.begin()
        strange = b'{"update_id": 9, "chat": null, "kind": "Poll", "event": {}}'
        async with house.database.unit_of_work() as work:
            await inbox.receive(work, "telegram", strange, job=JOB)

        await house.tell(house.update(message(5, "And on")))

        [left] = await house.fetch(
            "SELECT not_understood AS why FROM inbox WHERE not_understood <> ''"
        )
        assert "Poll" in left["why"]
        assert ["And on"] == bodies(await messages(house))


async def moved(house: House) -> UUID | None:
    """The group is the supergroup from now on, as somebody says."""
    async with house.database.unit_of_work(actor="second") as work:
        return await move_chat(work, GROUP.id, NEW.id)


class TestAChatThatGrows:
    @pytest.mark.parametrize("is_told_late", [False, True])
    async def test_keeps_its_history_under_its_new_number(
        self, house: House, *, is_told_late: bool
    ) -> None:
        """Numbers of messages begin anew there, and are others all the same."""
        before = await house.begin()
        await house.tell(house.update(message(1, "In the group")))
        moved = house.update(Migrated(GROUP.id, NEW.id), NEW)
        written = house.update(message(1, "In the supergroup", 5), NEW)

        for one in (written, moved) if is_told_late else (moved, written):
            await house.tell(one)
        await house.work(late=True)

        assert before.id == (await house.chat(NEW.id)).id == (await house.chat(GROUP.id)).id
        assert ["In the group", "In the supergroup"] == bodies(await messages(house))

    async def test_is_one_chat_when_the_bot_is_told_of_both(self, house: House) -> None:
        """The bot is "added" to the supergroup before anybody says that it is the same chat."""
        before = await house.begin()
        await house.begin(NEW)
        await house.tell(house.update(message(1, "There"), NEW))

        await house.tell(house.update(Migrated(GROUP.id, NEW.id), GROUP))
        await house.tell(house.update(Migrated(GROUP.id, NEW.id), NEW))

        assert before.id == (await house.chat(NEW.id)).id
        assert ["There"] == bodies(await messages(house))
        assert NEW.id == (await house.chat()).telegram_id

    async def test_opens_by_the_button_that_stands_in_it(self, house: House) -> None:
        """Which was put there for a row that is gone: nobody put another one."""
        before = await house.begin()
        after = await house.begin(NEW)
        async with house.database.unit_of_work() as work:
            await start_token(work, before.id)
            button = await start_token(work, after.id)

        await house.tell(house.update(Migrated(GROUP.id, NEW.id), GROUP))

        async with house.database.unit_of_work() as work:
            found = await find_by_token(work, button)
        assert found is not None
        assert before.id == found.id

    async def test_is_one_chat_although_somebody_sees_its_new_number_at_that_moment(
        self, house: House
    ) -> None:
        """Whoever makes a row of it first is waited for, and what they made is put to it."""
        before = await house.begin()
        async with house.database.unit_of_work(actor="first") as work:
            await add_chats(work, "telegram", {NEW.id: NEW})
            moving = asyncio.create_task(moved(house))
            await until_waiting(house.database)

        assert before.id == await moving == (await house.chat(NEW.id)).id
        [row] = await house.fetch(
            "SELECT count(*) AS n FROM chats AS c WHERE NOT EXISTS (SELECT FROM chat_aliases AS a "
            "WHERE a.telegram_id = c.telegram_id AND a.chat_id = c.id)"
        )
        assert 0 == row["n"]

    async def test_has_what_was_on_its_way_to_its_new_number(self, house: House) -> None:
        """Taken while there were two rows, and delivered when there is one."""
        before = await house.begin()
        after = await house.begin(NEW)
        async with house.database.unit_of_work() as work:
            send = await send_text(work, after.id, Text("Hello"))
        assert send is not None
        async with house.database.unit_of_work() as work:
            [letter] = await CHANNEL.take(work, [send])
        assert letter is not None
        await house.tell(house.update(Migrated(GROUP.id, NEW.id), GROUP))

        sent = Sent(Verdict.ACCEPTED, 200, None, "", 1, message_id=7)
        async with house.database.unit_of_work() as work:
            assert [True] == await CHANNEL.settle(work, [Settlement(letter, sent, None)])

        async with house.database.unit_of_work() as work:
            found = await list_messages(work, before.id, before=None, limit=10)
        assert ["Hello"] == bodies(found)

    async def test_is_not_called_as_it_was_under_its_former_number(self, house: House) -> None:
        """Whoever opened it, or pressed there, before it got the new one does not decide its other name."""
        chat = await house.begin(since=ago(60))
        pressed = ButtonPressed(CLIENT, "yes", chat_instance="former")
        async with asyncio.TaskGroup() as tasks, house.database.unit_of_work(actor="test") as work:
            await move_chat(work, GROUP.id, NEW.id)
            opening = tasks.create_task(pin(house, chat.id, "former", ago(20)))
            await until_waiting(house.database)

        await house.tell(house.update(pressed, GROUP))
        unnamed = await house.chat(NEW.id)
        named = [await pin(house, chat.id, name, ago(-5)) for name in ("its own", "former")]

        assert (True, None) == (opening.result(), unnamed.chat_instance)
        assert [True, False] == named

    async def test_gets_what_was_not_taken_under_its_new_number(self, house: House) -> None:
        """Nor does it hold up what is behind it."""
        await house.begin()
        after = await house.begin(NEW)
        async with house.database.unit_of_work() as work:
            sends = [await send_text(work, after.id, Text(one)) for one in ("One", "Two")]
        ids = [one for one in sends if one is not None]
        async with house.database.unit_of_work() as work:
            [letter, behind] = await CHANNEL.take(work, ids)
        assert letter is not None
        assert behind is None
        await house.tell(house.update(Migrated(GROUP.id, NEW.id), GROUP))

        away = Sent(Verdict.AGAIN, 502, "bad gateway", "", 1)
        async with house.database.unit_of_work() as work:
            await CHANNEL.settle(work, [Settlement(letter, away, timedelta(0))])
        held = await house.fetch("SELECT FROM chat_deliveries WHERE is_held")
        for _ in ids:
            await house.hurry()

        assert [] == held
        assert ["delivered", "delivered"] == await house.states()
        assert ["One", "Two"] == house.messenger.texts(NEW.id)[-2:]


class TestPeople:
    async def test_belong_to_a_chat_as_the_latest_news_says(self, house: House) -> None:
        """Whoever left is told of at once, and not believed to be back by older news."""
        chat = await house.begin()
        came = house.update(MembersChanged([Member(CLIENT, Membership.MEMBER)], at(1)))
        went = house.update(MembersChanged([Member(CLIENT, Membership.LEFT)], at(2)))
        await house.tell(went)
        await house.tell(came)

        found = await membership(house.runtime, chat.id, CLIENT.id)

        # The news is from another day than the test: the messenger is asked, and shows nobody.
        assert Membership.LEFT is found
        assert [CLIENT.id] == house.listener.heard("member_left")

    async def test_are_asked_about_once_in_a_while(self, house: House) -> None:
        """What the messenger said a moment ago is believed; what it hides was never said."""
        chat = await house.begin()
        house.messenger.members[CLIENT.id] = Membership.ADMINISTRATOR

        found = [await membership(house.runtime, chat.id, CLIENT.id) for _ in range(3)]
        hidden = await membership(house.runtime, chat.id, STRANGER.id)

        assert [Membership.ADMINISTRATOR] * 3 == found
        assert hidden is None
        assert [CLIENT.id, STRANGER.id] == house.messenger.asked

    @pytest.mark.parametrize("answer", [Done(Membership.MEMBER), Refused(MEMBER_HIDDEN, "hidden")])
    async def test_who_went_while_they_were_asked_about_are_gone(
        self, house: House, monkeypatch: pytest.MonkeyPatch, answer: Outcome[Membership]
    ) -> None:
        """An answer that is older than the news is not believed."""
        chat = await house.begin(since=ago(60))
        is_asked, is_told = asyncio.Event(), asyncio.Event()
        came = MembersChanged([Member(CLIENT, Membership.MEMBER)], ago(3600))
        await house.tell(house.update(came))

        async def answer_late(*_: object) -> Outcome[Membership]:
            is_asked.set()
            await is_told.wait()
            return answer

        monkeypatch.setattr(house.messenger, "get_member", answer_late)
        asking = asyncio.create_task(membership(house.runtime, chat.id, CLIENT.id))
        await is_asked.wait()
        went = MembersChanged([Member(CLIENT, Membership.LEFT)], ago(0))
        await house.tell(house.update(went))
        is_told.set()

        assert Membership.LEFT is await asking
        async with house.database.unit_of_work() as work:
            assert await find_there(work, chat.id, CLIENT.id) is None

    async def test_call_the_bot_once_however_often_that_is_told(self, house: House) -> None:
        """A command is heard under its message, once."""
        await house.begin()
        call = house.update(message(5, "/status", command=Command("status")))

        await house.tell(call)
        await house.tell(Update(call.update_id + 1, call.event, call.chat))

        assert ["status"] == house.listener.heard("command_given")


async def test_one_chats_trouble_is_not_anothers(house: House) -> None:
    """An update over which its listener fails is tried again by itself; others have their effect."""
    await house.begin()
    await house.begin(OTHER)

    house.listener.faults.add("x")
    bad = house.update(message(5, "/x", command=Command("x")))
    await house.keep(bad, house.update(message(6, "fine")), house.update(message(7, "fine"), OTHER))

    with pytest.raises(ListenerFailed):
        await house.work()

    assert ["fine"] == bodies(await messages(house))
    assert ["fine"] == bodies(await messages(house, OTHER.id))
    [left] = await house.fetch("SELECT count(*) AS n FROM inbox WHERE processed_at IS NULL")
    assert 1 == left["n"]
