"""An update in our words: pure and total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

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
from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.providers.telegram.translate import membership
from tramita.providers.telegram.wire_updates import (
    WireAsset,
    WireCallback,
    WireChat,
    WireMemberChange,
    WireMessage,
    WireUpdate,
    WireUser,
)

_CHAT_TYPES: Final[Mapping[str, ChatType]] = {one.value: one for one in ChatType}
_GROUPS: Final = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
_ASSETS: Final = ("document", "video", "audio", "voice", "video_note", "animation", "sticker")
# What says that something happened and is nobody's text.
_SERVICES: Final = (
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "message_auto_delete_timer_changed",
    "video_chat_started",
    "video_chat_ended",
    "write_access_allowed",
)
_COMMAND: Final = "bot_command"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads updates for the bot of this number and name."""

    bot_id: int
    bot: str

    def read(self, body: bytes) -> Update | NotUnderstood:
        """What an update says; one of a kind that nobody here knows is told by that."""
        try:
            said = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            update = msgspec.json.decode(body, type=WireUpdate)
            return self._read(update, said)
        except UNREADABLE as error:
            return NotUnderstood(str(error))

    def _read(self, update: WireUpdate, said: Mapping[str, msgspec.Raw]) -> Update:
        number = update.update_id
        for kind in ("message", "edited_message"):
            message: WireMessage | None = getattr(update, kind)
            if message is not None:
                services = msgspec.json.decode(said[kind], type=dict[str, msgspec.Raw]).keys()
                event = self._message(message, [one for one in _SERVICES if one in services])
                return Update(number, event, _chat(message.chat))
        if update.my_chat_member is not None:
            change = update.my_chat_member
            return Update(number, _bot_status(change), _chat(change.chat))
        if update.chat_member is not None:
            change = update.chat_member
            return Update(number, _members(change), _chat(change.chat))
        if update.callback_query is not None:
            return _pressed(number, update.callback_query)
        kind = next((name for name in said if name != "update_id"), "nothing")
        return Update(number, Other(kind))

    def _message(self, message: WireMessage, services: Sequence[str]) -> Event:
        if _chat(message.chat).type is ChatType.PRIVATE:
            return SpokenTo(_time(message.date))
        if _chat(message.chat).type not in _GROUPS:
            return Other(f"{message.chat.type}_message")
        if message.migrate_to_chat_id is not None:
            return Migrated(message.chat.id, message.migrate_to_chat_id)
        if message.migrate_from_chat_id is not None:
            return Migrated(message.migrate_from_chat_id, message.chat.id)
        if came := self._others(message.new_chat_members or []):
            members = [Member(_person(one), Membership.MEMBER) for one in came]
            return MembersChanged(members, _time(message.date))
        if gone := self._others([message.left_chat_member] if message.left_chat_member else []):
            members = [Member(_person(one), Membership.LEFT) for one in gone]
            return MembersChanged(members, _time(message.date))
        return self._seen(message, services)

    def _seen(self, message: WireMessage, services: Sequence[str]) -> MessageSeen:
        is_hidden = message.sender is None or message.sender_chat is not None
        replied = message.reply_to_message
        return MessageSeen(
            message_id=message.message_id,
            at=_time(message.date),
            edited_at=_time(message.edit_date) if message.edit_date else None,
            sender=None if is_hidden or message.sender is None else _person(message.sender),
            text=message.text or message.caption or "",
            reply_to=replied.message_id if replied else None,
            album=message.media_group_id,
            assets=_assets(message),
            command=self._command(message),
            topic=message.message_thread_id if message.is_topic_message else None,
            service=services[0] if services else "",
        )

    def _others(self, users: Sequence[WireUser]) -> list[WireUser]:
        """Everybody but our bot, of which another update tells."""
        return [user for user in users if user.id != self.bot_id]

    def _command(self, message: WireMessage) -> Command | None:
        """A command that a message begins with, unless it is another bot's."""
        first = next((one for one in message.entities or [] if one.offset == 0), None)
        if first is None or first.type != _COMMAND or not message.text:
            return None
        units = message.text.encode("utf-16-le", "surrogatepass")
        named = units[: 2 * first.length].decode("utf-16-le", "replace").removeprefix("/")
        rest = units[2 * first.length :].decode("utf-16-le", "replace").strip()
        name, _, whose = named.partition("@")
        if whose and whose.lower() != self.bot.lower():
            return None
        return Command(name.lower(), rest)


def _bot_status(change: WireMemberChange) -> BotStatus:
    return BotStatus(
        _person(change.sender),
        membership(change.old_chat_member),
        membership(change.new_chat_member),
        _time(change.date),
    )


def _members(change: WireMemberChange) -> MembersChanged:
    changed = change.new_chat_member
    return MembersChanged([Member(_person(changed.user), membership(changed))], _time(change.date))


def _pressed(number: int, query: WireCallback) -> Update:
    message = query.message
    pressed = ButtonPressed(
        _person(query.sender),
        query.data or "",
        message.message_id if message else None,
        query.chat_instance,
    )
    return Update(number, pressed, _chat(message.chat) if message else None)


def _chat(chat: WireChat) -> Chat:
    if chat.type not in _CHAT_TYPES:
        raise ValueError("a chat of a type that nobody here knows")
    return Chat(chat.id, _CHAT_TYPES[chat.type], chat.title or "", bool(chat.is_forum))


def _person(user: WireUser) -> Person:
    return Person(
        user.id,
        user.first_name,
        user.last_name or "",
        user.username or "",
        user.language_code or "",
        user.is_bot,
    )


def _assets(message: WireMessage) -> tuple[Asset, ...]:
    photos = message.photo or []
    found: list[tuple[str, WireAsset]] = [("photo", photos[-1])] if photos else []
    for kind in _ASSETS:
        asset: WireAsset | None = getattr(message, kind)
        # An animation comes as a document as well.
        if asset is not None and all(asset.file_id != one.file_id for _, one in found):
            found.append((kind, asset))
    return tuple(
        Asset(
            kind,
            one.file_id,
            one.file_unique_id,
            one.file_name or "",
            one.mime_type or "",
            one.file_size,
        )
        for kind, one in found
    )


def _time(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("a time that nothing can hold") from error
