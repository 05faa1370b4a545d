"""Updates: the fields that we use; whatever else there is is let through, nulls too."""

import msgspec

from tramita.providers.telegram.wire import WireMember


class WireUser(msgspec.Struct):
    """Somebody, or a bot."""

    id: int
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False


class WireChat(msgspec.Struct):
    """A chat."""

    id: int
    type: str
    title: str | None = None
    is_forum: bool | None = None


class WireEntity(msgspec.Struct):
    """Something in a text, in UTF-16 units."""

    type: str
    offset: int
    length: int


class WireAsset(msgspec.Struct):
    """A file that somebody has attached."""

    file_id: str
    file_unique_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int | None = None


class WireReplied(msgspec.Struct):
    """What a message replies to."""

    message_id: int


class WireMessage(msgspec.Struct, rename={"sender": "from"}):
    """A message; dates are in seconds since 1970."""

    message_id: int
    date: int
    chat: WireChat
    sender: WireUser | None = None
    sender_chat: WireChat | None = None
    edit_date: int | None = None
    text: str | None = None
    caption: str | None = None
    entities: list[WireEntity] | None = None
    reply_to_message: WireReplied | None = None
    media_group_id: str | None = None
    message_thread_id: int | None = None
    is_topic_message: bool | None = None
    photo: list[WireAsset] | None = None
    document: WireAsset | None = None
    video: WireAsset | None = None
    audio: WireAsset | None = None
    voice: WireAsset | None = None
    video_note: WireAsset | None = None
    animation: WireAsset | None = None
    sticker: WireAsset | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None
    new_chat_members: list[WireUser] | None = None
    left_chat_member: WireUser | None = None


class WireChangedMember(WireMember, kw_only=True):
    """The same with who it is."""

    user: WireUser


class WireMemberChange(msgspec.Struct, rename={"sender": "from"}):
    """Somebody belongs to a chat in another way now."""

    chat: WireChat
    sender: WireUser
    date: int
    old_chat_member: WireChangedMember
    new_chat_member: WireChangedMember


class WireCallback(msgspec.Struct, rename={"sender": "from"}):
    """A button was pressed; its message may be too old to be shown."""

    sender: WireUser
    chat_instance: str = ""
    data: str | None = None
    message: WireMessage | None = None


class WireUpdate(msgspec.Struct):
    """One thing that is told."""

    update_id: int
    message: WireMessage | None = None
    edited_message: WireMessage | None = None
    my_chat_member: WireMemberChange | None = None
    chat_member: WireMemberChange | None = None
    callback_query: WireCallback | None = None
