"""How the console calls what chats are, who is in them, and what became of what was sent there."""

from collections.abc import Mapping
from typing import Final

from tramita.chats.letters import CARD_KIND, DOCUMENT_KIND, TEXT_KIND
from tramita.chats.lifecycle import AssetState, ChatState
from tramita.chats.ports import ChatType, Membership
from tramita.console.words import Stamp
from tramita.kit.languages.words import to_translate
from tramita.kit.outbox.lifecycle import DeliveryState

CHAT_STAMPS: Final[Mapping[ChatState, Stamp]] = {
    ChatState.PRESENT: Stamp(to_translate("Our bot is there"), "done"),
    ChatState.LOST: Stamp(to_translate("Our bot was removed"), "refused"),
}
PRIVATE_STAMPS: Final[Mapping[ChatState, Stamp]] = {
    ChatState.PRESENT: Stamp(to_translate("May be written to"), "done"),
    ChatState.LOST: Stamp(to_translate("Has not started our bot, or has blocked it"), "refused"),
}
NOBODYS: Final = Stamp(to_translate("Not activated"), "idle")
SEND_STAMPS: Final[Mapping[DeliveryState, Stamp]] = {
    DeliveryState.FAILED: Stamp(to_translate("Given up"), "refused"),
    DeliveryState.CANCELLED: Stamp(to_translate("Not sent"), "idle"),
    DeliveryState.REFUSED: Stamp(to_translate("Refused"), "refused"),
    DeliveryState.UNKNOWN: Stamp(to_translate("May stand there"), "unknown"),
}
SEND_KINDS: Final[Mapping[str, str]] = {
    CARD_KIND: to_translate("status card"),
    DOCUMENT_KIND: to_translate("document"),
    TEXT_KIND: to_translate("text"),
}
TYPES: Final[Mapping[str, str]] = {
    ChatType.GROUP: to_translate("group"),
    ChatType.SUPERGROUP: to_translate("supergroup"),
    ChatType.PRIVATE: to_translate("private chat"),
}
MEMBERSHIPS: Final[Mapping[str, str]] = {
    Membership.OWNER: to_translate("owner"),
    Membership.ADMINISTRATOR: to_translate("administrator"),
    Membership.MEMBER: to_translate("member"),
    Membership.RESTRICTED: to_translate("restricted member"),
    Membership.LEFT: to_translate("has left"),
    Membership.KICKED: to_translate("was removed"),
}
FILES: Final[Mapping[AssetState, str]] = {
    AssetState.WAITING: to_translate("is being fetched"),
    AssetState.KEPT: to_translate("kept"),
    AssetState.MISSING: to_translate("cannot be had"),
}
# Why one cannot be had, as it is kept.
FILE_REASONS: Final = (
    to_translate("It is larger than the 20 MB that a bot can get."),
    to_translate("The messenger gave no name by which it can be had."),
    to_translate("The messenger does not have it."),
)
FILE_KINDS: Final[Mapping[str, str]] = {
    "photo": to_translate("photo"),
    "document": to_translate("document"),
    "video": to_translate("video"),
    "audio": to_translate("sound"),
    "voice": to_translate("voice message"),
    "video_note": to_translate("video message"),
    "animation": to_translate("animation"),
    "sticker": to_translate("sticker"),
}
# What a messenger tells in a chat itself, by its own words.
SERVICES: Final[Mapping[str, str]] = {
    "new_chat_members": to_translate("Somebody has joined."),
    "left_chat_member": to_translate("Somebody has left."),
    "new_chat_title": to_translate("The chat has another name."),
    "new_chat_photo": to_translate("The chat has another picture."),
    "delete_chat_photo": to_translate("The chat has no picture any more."),
    "group_chat_created": to_translate("The group was made."),
    "supergroup_chat_created": to_translate("The group was made."),
    "migrate_from_chat_id": to_translate("The group became a supergroup."),
    "pinned_message": to_translate("A message was pinned."),
    "forum_topic_created": to_translate("A topic was opened."),
    "forum_topic_edited": to_translate("A topic was changed."),
    "forum_topic_closed": to_translate("A topic was closed."),
    "forum_topic_reopened": to_translate("A topic was opened again."),
    "video_chat_started": to_translate("A call has begun."),
    "video_chat_ended": to_translate("A call has ended."),
}
A_SERVICE: Final = to_translate("The messenger tells of a change in the chat.")
NO_TEXT: Final = to_translate("Without a text.")
REFUSALS: Final = (
    to_translate("There is no chat {id}."),
    to_translate("Nobody has activated this chat."),
    to_translate("Nothing was sent as {id}."),
    to_translate("There is no file {id} in this chat."),
    to_translate("There is no import {id}."),
    to_translate("Our bot is not in the chat {id} any more."),
)
"""What a page of chats may have to refuse, as its errors say it."""
