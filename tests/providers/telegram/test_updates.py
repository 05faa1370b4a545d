"""Updates in our words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tramita.chats.ports import (
    Asset,
    BotStatus,
    ButtonPressed,
    Chat,
    ChatType,
    Command,
    Event,
    Member,
    MembersChanged,
    Membership,
    MessageSeen,
    Migrated,
    Other,
    Person,
    SpokenTo,
    Update,
)
from tramita.kit.outside import NotUnderstood
from tramita.providers.telegram.updates import Reader

READER = Reader(1000001, "tramita_demo_bot")
AT, EDITED = 1767225600, 1767225660
NOON = datetime.fromtimestamp(AT, UTC)
ANNA: dict[str, Any] = {
    "id": 700001,
    "is_bot": False,
    "first_name": "Анна",
    "last_name": "К",
    "username": "client_anna",
    "language_code": "ru",
}
PERSON = Person(700001, "Анна", "К", "client_anna", "ru")
BOT = {"id": 1000001, "is_bot": True, "first_name": "Tramita", "username": "tramita_demo_bot"}
CHAT = {"id": -1001, "type": "supergroup", "title": "Оплата", "is_forum": True}
GROUP = Chat(-1001, ChatType.SUPERGROUP, "Оплата", is_forum=True)
MESSAGE = {"message_id": 7, "date": AT, "chat": CHAT, "from": ANNA}


def read(**kind: Any) -> Update:
    """An update of one kind, in our words."""
    said = READER.read(json.dumps({"update_id": 5, **kind}).encode())
    assert isinstance(said, Update), said
    return said


def told(**message: Any) -> Event:
    """What a message says that has these members besides."""
    return read(message={**MESSAGE, **message}).event


class TestAMessage:
    def test_says_who_wrote_what_when_and_where(self) -> None:
        """With what it replies to, its album, and its part of a forum."""
        said = read(
            message={
                **MESSAGE,
                "text": "Добрый день",
                "reply_to_message": {"message_id": 6},
                "media_group_id": "77",
                "message_thread_id": 3,
                "is_topic_message": True,
            }
        )

        seen = MessageSeen(7, NOON, None, PERSON, "Добрый день", 6, "77", topic=3)
        assert Update(5, seen, GROUP) == said

    def test_may_have_been_edited(self) -> None:
        """When it was, is told."""
        said = read(edited_message={**MESSAGE, "text": "x", "edit_date": EDITED}).event

        assert isinstance(said, MessageSeen)
        assert datetime.fromtimestamp(EDITED, UTC) == said.edited_at

    @pytest.mark.parametrize(
        ("kind", "asset"),
        [
            ("document", {"file_name": "Счёт.pdf", "mime_type": "application/pdf"}),
            ("video", {"mime_type": "video/mp4"}),
            ("voice", {}),
        ],
    )
    def test_may_have_a_file(self, kind: str, asset: dict[str, str]) -> None:
        """A caption is its text."""
        file = {"file_id": "f", "file_unique_id": "u", "file_size": 10, **asset}
        said = told(**{kind: file}, caption="Вот")

        assert isinstance(said, MessageSeen)
        name, media_type = asset.get("file_name", ""), asset.get("mime_type", "")
        assert (Asset(kind, "f", "u", name, media_type, 10),) == said.assets
        assert "Вот" == said.text

    def test_has_of_a_photo_the_largest(self) -> None:
        """And an animation once, though it comes as a document too."""
        photo = [{"file_id": one, "file_unique_id": one} for one in ("small", "large")]
        twice = {"file_id": "a", "file_unique_id": "a"}
        pictures = told(photo=photo), told(animation=twice, document=twice)

        assert ["large"] == [one.file_id for one in pictures[0].assets]  # type: ignore[union-attr]
        assert ["document"] == [one.kind for one in pictures[1].assets]  # type: ignore[union-attr]

    @pytest.mark.parametrize("hidden", [{"sender_chat": CHAT}, {"from": None}])
    def test_of_somebody_hidden_names_nobody(self, hidden: dict[str, Any]) -> None:
        """An anonymous administrator's is under a name that is everybody's."""
        said = told(text="x", **hidden)

        assert isinstance(said, MessageSeen)
        assert said.sender is None

    @pytest.mark.parametrize(
        ("text", "length", "command"),
        [
            ("/start", 6, Command("start")),
            ("/start c_8Qm2T4xVY0", 6, Command("start", "c_8Qm2T4xVY0")),
            ("/Status@Tramita_Demo_Bot  now", 24, Command("status", "now")),
            ("/start@another_bot", 18, None),
        ],
    )
    def test_may_be_a_command(self, text: str, length: int, command: Command | None) -> None:
        """Of ours, and no other bot's."""
        entity = {"type": "bot_command", "offset": 0, "length": length}
        said = told(text=text, entities=[entity])

        assert isinstance(said, MessageSeen)
        assert command == said.command

    def test_is_no_command_with_one_in_its_middle(self) -> None:
        """Somebody tells somebody else of it."""
        entity = {"type": "bot_command", "offset": 4, "length": 6}
        said = told(text="try /start", entities=[entity])

        assert isinstance(said, MessageSeen)
        assert said.command is None

    def test_may_say_only_that_something_happened(self) -> None:
        """By Telegram's word for it."""
        said = told(pinned_message={"message_id": 3, "date": 0, "chat": CHAT})

        assert isinstance(said, MessageSeen)
        assert ("pinned_message", "") == (said.service, said.text)

    def test_of_nulls_says_nothing(self) -> None:
        """Telegram leaves members out; somebody on the way may not."""
        names = ("text", "caption", "entities", "photo", "document", "reply_to_message")
        said = told(**dict.fromkeys(names))

        assert MessageSeen(7, NOON, None, PERSON) == said

    @pytest.mark.parametrize(
        ("message", "moved"),
        [
            ({"migrate_to_chat_id": -1009}, Migrated(-1001, -1009)),
            ({"migrate_from_chat_id": -7}, Migrated(-7, -1001)),
        ],
    )
    def test_tells_of_a_move_from_either_side(
        self, message: dict[str, int], moved: Migrated
    ) -> None:
        """Only one of both may come."""
        assert moved == told(**message)

    @pytest.mark.parametrize(
        ("message", "membership"),
        [
            ({"new_chat_members": [ANNA, BOT]}, Membership.MEMBER),
            ({"left_chat_member": ANNA}, Membership.LEFT),
        ],
    )
    def test_tells_who_came_and_went(self, message: dict[str, Any], membership: Membership) -> None:
        """Of our bot another update tells."""
        assert MembersChanged([Member(PERSON, membership)], NOON) == told(**message)

    def test_in_a_private_chat_is_none_of_a_groups(self) -> None:
        """Of what somebody writes to our bot alone nothing is read but when; of a channel not even that."""
        chats = [{"id": 700001, "type": kind} for kind in ("private", "channel")]

        assert [SpokenTo(NOON), Other("channel_message")] == [
            told(text="x", chat=one) for one in chats
        ]


class TestAStanding:
    @pytest.mark.parametrize(
        ("member", "membership"),
        [
            ({"status": "creator"}, Membership.OWNER),
            ({"status": "administrator"}, Membership.ADMINISTRATOR),
            ({"status": "member"}, Membership.MEMBER),
            ({"status": "restricted", "is_member": True}, Membership.RESTRICTED),
            ({"status": "restricted", "is_member": False}, Membership.LEFT),
            ({"status": "left"}, Membership.LEFT),
            ({"status": "kicked"}, Membership.KICKED),
        ],
    )
    def test_of_our_bot_or_of_somebody(
        self, member: dict[str, Any], membership: Membership
    ) -> None:
        """Each of Telegram's words has one of ours."""
        change = {"chat": CHAT, "from": ANNA, "date": AT}
        old = {"status": "left", "user": BOT}
        bots = {**change, "old_chat_member": old, "new_chat_member": {**member, "user": BOT}}
        hers = {**change, "old_chat_member": old, "new_chat_member": {**member, "user": ANNA}}

        assert (
            BotStatus(PERSON, Membership.LEFT, membership, NOON) == read(my_chat_member=bots).event
        )
        assert MembersChanged([Member(PERSON, membership)], NOON) == read(chat_member=hers).event


class TestAPress:
    def test_says_whose_and_which(self) -> None:
        """Under a message, in a chat by its other name."""
        query = {"id": "1", "from": ANNA, "chat_instance": "-48", "data": "yes"}
        said = read(callback_query={**query, "message": MESSAGE})

        assert Update(5, ButtonPressed(PERSON, "yes", 7, "-48"), GROUP) == said

    def test_may_be_of_no_message(self) -> None:
        """In a chat that the bot is not in."""
        assert read(callback_query={"id": "1", "from": ANNA, "game_short_name": "g"}).chat is None


class TestAnUpdate:
    @pytest.mark.parametrize("kind", ["poll", "brand_new", "message_reaction"])
    def test_of_a_kind_that_nobody_knows_is_told_by_it(self, kind: str) -> None:
        """Whatever is in it."""
        assert Update(5, Other(kind)) == read(**{kind: {"x": 1}})

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b'{"message": {}}',
            b'{"update_id": "5"}',
            b'{"update_id": 5, "message": {"message_id": 1, "date": 99999999999999, "chat": {"id": 1, "type": "group"}}}',
            b'{"update_id": 5, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "hive"}}}',
        ],
    )
    def test_that_cannot_be_read_is_not_understood(self, body: bytes) -> None:
        """It is kept, and shown."""
        assert isinstance(READER.read(body), NotUnderstood)

    @settings(max_examples=40)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(("message", "chat", "from", "id", "date", "text", "type")),
                    inner,
                )
            ),
        )
    )
    def test_of_any_shape_raises_nothing(self, message: object) -> None:
        """Reading it is total."""
        body = json.dumps({"update_id": 1, "message": message}).encode()

        assert isinstance(READER.read(body), Update | NotUnderstood)
