"""Telegram's words in ours, and ours in Telegram's: pure and total."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from tramita.chats.ports import (
    FILE_TOO_LARGE,
    FILE_UNKNOWN,
    MEMBER_HIDDEN,
    MESSAGE_UNKNOWN,
    NOT_ACCEPTED,
    Button,
    Document,
    Gone,
    Membership,
    Moved,
    PostedTo,
    Text,
    WebhookState,
)
from tramita.kit.outcome import NotSent, Refused
from tramita.kit.outside import storable_text
from tramita.providers.telegram.wire import (
    MemberStatus,
    WireError,
    WireMember,
    WireWebhook,
)

_LONGEST_REASON: Final = 300
_AFTER_CONFLICT: Final = timedelta(seconds=10)
_AFTER_UNKNOWN_TOKEN: Final = timedelta(minutes=1)

_MEMBERSHIPS: Final[Mapping[MemberStatus, Membership]] = {
    "creator": Membership.OWNER,
    "administrator": Membership.ADMINISTRATOR,
    "member": Membership.MEMBER,
    "restricted": Membership.RESTRICTED,
    "left": Membership.LEFT,
    "kicked": Membership.KICKED,
}
# By what a description says somewhere; any other is a no in Telegram's words.
_CODES: Final[Mapping[str, str]] = {
    "message to edit not found": MESSAGE_UNKNOWN,
    "message can't be edited": MESSAGE_UNKNOWN,
    "message_id_invalid": MESSAGE_UNKNOWN,
    "message to be replied not found": MESSAGE_UNKNOWN,
    "member not found": MEMBER_HIDDEN,
    "user not found": MEMBER_HIDDEN,
    "participant_id_invalid": MEMBER_HIDDEN,
    "user_id_invalid": MEMBER_HIDDEN,
    "chat_admin_required": MEMBER_HIDDEN,
    "wrong file_id": FILE_UNKNOWN,
    "wrong remote file": FILE_UNKNOWN,
    "invalid file_id": FILE_UNKNOWN,
    "file is too big": FILE_TOO_LARGE,
    "request entity too large": FILE_TOO_LARGE,
}
# There is no such chat, though nobody says 403.
_NO_CHAT: Final = ("chat not found", "peer_id_invalid", "chat_id is empty", "chat was deleted")
_IS_SO_ALREADY: Final = "message is not modified"


def is_so_already(no: Refused) -> bool:
    """Whether a message says already what it was to say."""
    return _IS_SO_ALREADY in no.reason.lower()


def read_end(no: WireError) -> Moved | Gone | None:
    """Whether a no is about the chat itself."""
    if no.parameters is not None and no.parameters.migrate_to_chat_id is not None:
        return Moved(no.parameters.migrate_to_chat_id)
    said = no.description.lower()
    if no.error_code == 403 or (no.error_code == 400 and any(one in said for one in _NO_CHAT)):
        return Gone(no.description[:_LONGEST_REASON])
    return None


def refuse(no: WireError) -> Refused | NotSent:
    """Any other no: it is about what was asked for, or about our token."""
    reason = no.description[:_LONGEST_REASON]
    if no.error_code == 404:
        # It knows no such token, or no such method: nothing was done.
        return NotSent(f"Telegram does not know us: {reason}", _AFTER_UNKNOWN_TOKEN)
    if no.error_code == 409:
        return NotSent(reason, _AFTER_CONFLICT)
    said = no.description.lower()
    code = next((code for words, code in _CODES.items() if words in said), NOT_ACCEPTED)
    return Refused(code, reason)


def membership(member: WireMember) -> Membership:
    """How somebody belongs to a chat; who is restricted and not in it has left."""
    if member.status == "restricted" and not member.is_member:
        return Membership.LEFT
    return _MEMBERSHIPS[member.status]


def to_message(chat: int, text: Text) -> dict[str, object]:
    """A message to be written; links in it show no preview."""
    asked = _common(chat, is_silent=text.is_silent, topic=text.topic)
    asked |= to_text(text)
    if text.reply_to is not None:
        # What is replied to may be deleted meanwhile; that is no reason not to write.
        replied = {"message_id": text.reply_to, "allow_sending_without_reply": True}
        asked["reply_parameters"] = replied
    return asked


def to_text(text: Text) -> dict[str, object]:
    """What a message says, and its buttons."""
    body = storable_text(text.body)
    asked: dict[str, object] = {
        "text": body if text.is_html else escape(body, quote=False),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if text.buttons:
        asked["reply_markup"] = {"inline_keyboard": [_row(row) for row in text.buttons]}
    return asked


def to_document(chat: int, document: Document) -> dict[str, object]:
    """What is said of a file."""
    asked = _common(chat, is_silent=document.is_silent, topic=document.topic)
    if document.caption:
        asked["caption"] = storable_text(document.caption)
    return asked


def _common(chat: int, *, is_silent: bool, topic: int | None) -> dict[str, object]:
    asked: dict[str, object] = {"chat_id": chat}
    if is_silent:
        asked["disable_notification"] = True
    if topic is not None:
        asked["message_thread_id"] = topic
    return asked


def _row(buttons: Sequence[Button]) -> list[dict[str, str]]:
    return [{"text": storable_text(one.text), "url": one.url} for one in buttons]


def read_webhook(said: WireWebhook, ours: str) -> WebhookState:
    """Where updates go; ``ours`` is where they should."""
    elsewhere = PostedTo.ELSEWHERE if said.url else PostedTo.NOWHERE
    at = said.last_error_date
    return WebhookState(
        posted_to=PostedTo.HERE if said.url == ours else elsewhere,
        pending=said.pending_update_count,
        last_error=(said.last_error_message or "")[:_LONGEST_REASON],
        last_error_at=datetime.fromtimestamp(at, UTC) if at is not None else None,
    )
