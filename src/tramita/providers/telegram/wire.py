"""What the Bot API answers: the fields that we use; whatever else there is is let through."""

from typing import Literal

import msgspec

MemberStatus = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]


class WireParameters(msgspec.Struct):
    """What comes with some errors."""

    migrate_to_chat_id: int | None = None


class WireError(msgspec.Struct):
    """How it says no."""

    ok: Literal[False]
    error_code: int
    description: str = ""
    parameters: WireParameters | None = None


class WireFile(msgspec.Struct):
    """A file in a message, by this bot's name of it."""

    file_id: str


class WireSent(msgspec.Struct):
    """A message of ours; a photo among files comes in several sizes, the largest last."""

    message_id: int
    document: WireFile | None = None


class WireMessageAnswer(msgspec.Struct):
    """What sending and editing are answered."""

    ok: Literal[True]
    result: WireSent


class WireMember(msgspec.Struct):
    """Somebody in a chat; of those who are restricted some are in it."""

    status: MemberStatus
    is_member: bool = True


class WireMemberAnswer(msgspec.Struct):
    """What ``getChatMember`` is answered."""

    ok: Literal[True]
    result: WireMember


class WireFilePath(msgspec.Struct):
    """Where a file can be got for an hour."""

    file_path: str
    file_size: int | None = None


class WireFileAnswer(msgspec.Struct):
    """What ``getFile`` is answered."""

    ok: Literal[True]
    result: WireFilePath


class WireTrue(msgspec.Struct):
    """What is answered where there is nothing to say."""

    ok: Literal[True]
    result: Literal[True]


class WireWebhook(msgspec.Struct):
    """Where updates are posted, and how that goes; dates are in seconds since 1970."""

    url: str
    pending_update_count: int
    last_error_date: int | None = None
    last_error_message: str | None = None


class WireWebhookAnswer(msgspec.Struct):
    """What ``getWebhookInfo`` is answered."""

    ok: Literal[True]
    result: WireWebhook


class WireUpdatesAnswer(msgspec.Struct):
    """What ``getUpdates`` is answered; each update is kept as it came."""

    ok: Literal[True]
    result: list[msgspec.Raw]


class WireNumbered(msgspec.Struct):
    """An update, as far as it is counted."""

    update_id: int
