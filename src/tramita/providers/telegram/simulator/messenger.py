"""The messenger itself: people, chats, who is in them, and what is written there."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final

from tramita.providers.telegram.simulator import errors
from tramita.providers.telegram.simulator.conditions import Conditions
from tramita.providers.telegram.simulator.errors import forbidden
from tramita.providers.telegram.simulator.files import Files
from tramita.providers.telegram.simulator.limiter import Limiter
from tramita.providers.telegram.simulator.records import (
    PRESENT,
    Chat,
    Document,
    Message,
    User,
)
from tramita.providers.telegram.simulator.updates import Updates
from tramita.simulation.front.asking import Refused
from tramita.simulation.world import World

# The number of our bot, which its token begins with.
BOT_ID: Final = 1000001
_MESSAGES: Final = "messages"
_FIRST_GROUP: Final = 4_000_000_001
_FIRST_SUPERGROUP: Final = 1_000_000_000_001
_RIGHTS: Final = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_send_welcome_messages",
)
_PERMISSIONS: Final = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_react_to_messages",
    "can_edit_tag",
)


class Messenger:
    """Everything that is so in this Telegram; the world at first has three people and one group."""

    def __init__(self, world: World, updates: Updates, conditions: Conditions) -> None:
        self.world, self.updates, self.conditions = world, updates, conditions
        self.files = Files(world.clock)
        self.limiter = Limiter()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.commands: list[Document] = []
        self.forget()

    def forget(self) -> None:
        """As at first."""
        self.files.forget()
        self.limiter.forget()
        self.users.clear()
        self.chats.clear()
        self.commands = []
        self._made = 0
        self.bot = User(BOT_ID, "Tramita", username=self.conditions.bot, language="en", is_bot=True)
        anna = User(700001, "Анна", "Котова", "client_anna")
        igor = User(700900, "Игорь", username="agent_igor")
        olga = User(700901, "Ольга", "Управляющая", "manager_olga")
        for user in (self.bot, anna, igor, olga):
            self.users[user.id] = user
        self.create(igor, "Оплата поставщику: Котова", [anna])

    # ---- people and chats ----------------------------------------------------------------

    def create(
        self, by: User, title: str, others: Collection[User], *, kind: str = "group"
    ) -> Chat:
        """A group that somebody makes with others."""
        self._made += 1
        is_super = kind == "supergroup"
        number = -self._made - (_FIRST_SUPERGROUP if is_super else _FIRST_GROUP)
        members = {by.id: "creator"} | {one.id: "member" for one in others}
        chat = Chat(number, kind, title, instance=self._instance(number), members=members)
        self.chats[chat.id] = chat
        return chat

    def private(self, user: User) -> Chat:
        """The chat of somebody with our bot."""
        if user.id not in self.chats:
            members = {user.id: "member", self.bot.id: "member"}
            self.chats[user.id] = Chat(
                user.id, "private", instance=self._instance(user.id), members=members
            )
        return self.chats[user.id]

    def for_bot(self, chat_id: int) -> Chat:
        """A chat that the bot may do something in; raise ``Refused`` for any other."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise Refused(errors.CHAT_NOT_FOUND)
        if chat.moved_to is not None:
            more = {"migrate_to_chat_id": chat.moved_to}
            raise Refused(errors.UPGRADED, parameters=more)
        if chat.is_deleted:
            raise Refused(errors.DELETED)
        if not chat.is_group:
            self._refuse_private(self.users[chat.id])
        elif not chat.has(self.bot):
            was_kicked = chat.members.get(self.bot.id) == "kicked"
            how = "was kicked from" if was_kicked else "is not a member of"
            raise Refused(forbidden(f"bot {how} the {chat.type} chat"))
        return chat

    def _refuse_private(self, user: User) -> None:
        if user.is_deactivated:
            raise Refused(errors.DEACTIVATED)
        if user.has_blocked:
            raise Refused(errors.BLOCKED)

    @staticmethod
    def _instance(number: int) -> int:
        """The other name of a chat: always the same."""
        digest = hashlib.sha256(f"chat {number}".encode()).digest()
        return int.from_bytes(digest[:8], signed=True)

    def shown_chat(self, chat: Chat) -> Document:
        """A ``Chat`` as the bot sees it."""
        return chat.shown(None if chat.is_group else self.users[chat.id])

    def shown_member(self, chat: Chat, user: User) -> Document:
        """A ``ChatMember``."""
        status = chat.members.get(user.id, "left")
        shown: Document = {"status": status, "user": user.shown()}
        match status:
            case "creator":
                return shown | {"is_anonymous": False}
            case "administrator":
                rights = dict.fromkeys(_RIGHTS, True)
                return shown | {"can_be_edited": False, "is_anonymous": False, **rights}
            case "restricted":
                rights = dict.fromkeys(_PERMISSIONS, False)
                return shown | {"is_member": True, "until_date": 0, **rights}
            case "kicked":
                return shown | {"until_date": 0}
            case _:
                return shown

    # ---- what is written -----------------------------------------------------------------

    def write(self, chat: Chat, message: Message) -> Message:
        """Put a message into a chat, under its next number, and tell the bot of it."""
        chat.last_message_id += 1
        message.id = chat.last_message_id
        chat.messages[message.id] = message
        self._tell_message(chat, message, "message")
        return message

    def say(
        self, chat: Chat, sender: User | None, content: Document, *, thread: int | None = None
    ) -> Message:
        """The same of something that is written now."""
        return self.write(chat, Message(0, self.now(), sender, content, thread=thread))

    def change(self, chat: Chat, message: Message, content: Document) -> None:
        """Have a message say something else."""
        message.revisions.append(message.content)
        message.content, message.edited_at = content, self.now()
        self._tell_message(chat, message, "edited_message")

    def shown(self, chat: Chat, message: Message, *, is_reply: bool = False) -> Document:
        """A ``Message``."""
        shown: Document = {
            "message_id": message.id,
            "date": int(message.at.timestamp()),
            "chat": self.shown_chat(chat),
        }
        if message.is_anonymous:
            anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
            shown["sender_chat"] = self.shown_chat(chat)
            shown["from"] = {**anonymous, "username": "GroupAnonymousBot"}
        elif message.sender is not None:
            shown["from"] = message.sender.shown()
        shown |= message.content
        if message.edited_at is not None:
            shown["edit_date"] = int(message.edited_at.timestamp())
        if message.thread is not None:
            shown |= {"message_thread_id": message.thread, "is_topic_message": True}
        if message.album is not None:
            shown["media_group_id"] = message.album
        if message.markup is not None:
            shown["reply_markup"] = message.markup
        replied = chat.messages.get(message.reply_to) if message.reply_to else None
        if replied is not None and not is_reply:
            shown["reply_to_message"] = self.shown(chat, replied, is_reply=True)
        return shown

    def _tell_message(self, chat: Chat, message: Message, kind: str) -> None:
        if message.sender is self.bot or not self._reaches_bot(chat, message):
            return
        shown = self.shown(chat, message)
        self.updates.tell(kind, shown, chat=chat.id, queue=_MESSAGES)

    def _reaches_bot(self, chat: Chat, message: Message) -> bool:
        if not chat.is_group:
            return True
        if not chat.has(self.bot) and not _is_about_end(message):
            return False
        if not self.conditions.is_private or chat.is_led_by(self.bot):
            return True
        replied = chat.messages.get(message.reply_to) if message.reply_to else None
        is_for_bot = replied is not None and replied.sender is self.bot
        is_service = "text" not in message.content and message.file is None
        mention = f"@{self.bot.username}"
        return is_for_bot or is_service or message.text.startswith("/") or mention in message.text

    # ---- who comes and goes --------------------------------------------------------------

    def become(self, chat: Chat, user: User, status: str, by: User) -> None:
        """Somebody belongs to a chat in another way now, and it is told who brought that about."""
        old = self.shown_member(chat, user)
        was_there = chat.has(user)
        chat.members[user.id] = status
        kind = "my_chat_member" if user is self.bot else "chat_member"
        if user is self.bot or chat.is_led_by(self.bot):
            content = {
                "chat": self.shown_chat(chat),
                "from": by.shown(),
                "date": int(self.now().timestamp()),
                "old_chat_member": old,
                "new_chat_member": self.shown_member(chat, user),
            }
            self.updates.tell(kind, content, chat=chat.id, queue=kind)
        is_there = status in PRESENT
        if not chat.is_group or was_there == is_there:
            return
        shown = user.shown()
        if is_there:
            joined = {"new_chat_members": [shown], "new_chat_member": shown}
            self.say(chat, by, {**joined, "new_chat_participant": shown})
        elif user is not self.bot:
            self.say(chat, by, {"left_chat_member": shown, "left_chat_participant": shown})

    def upgrade(self, chat: Chat, by: User, order: str) -> Chat:
        """Make a group a supergroup, which has another number, and tell of it in this order."""
        self._made += 1
        number = -_FIRST_SUPERGROUP - self._made
        new = Chat(
            number,
            "supergroup",
            chat.title,
            instance=self._instance(number),
            members=dict(chat.members),
        )
        self.chats[new.id] = new
        for told in order.split(","):
            if told == "old":
                self.say(chat, by, {"migrate_to_chat_id": new.id})
            elif told == "new":
                self.say(new, by, {"migrate_from_chat_id": chat.id})
        chat.moved_to = new.id
        return new

    def now(self) -> datetime:
        """The present moment there."""
        return self.world.clock.now()


def _is_about_end(message: Message) -> bool:
    return "left_chat_member" in message.content
