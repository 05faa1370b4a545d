"""Every no of this simulated Bot API, in the words of the public server."""

from typing import Final

from tramita.simulation.front.asking import Error, ErrorTable

_BAD: Final = "Bad Request"
_NO: Final = "Forbidden"


def bad(message: str) -> Error:
    """A ``400 Bad Request``."""
    return Error(400, _BAD, message)


def forbidden(message: str) -> Error:
    """A ``403 Forbidden``."""
    return Error(403, _NO, message)


UNREADABLE: Final = bad("can't parse the request")
CHAT_NOT_FOUND: Final = bad("chat not found")
UPGRADED: Final = bad("group chat was upgraded to a supergroup chat")
EMPTY_TEXT: Final = bad("message text is empty")
TOO_LONG: Final = bad("message is too long")
CAPTION_TOO_LONG: Final = bad("message caption is too long")
NOT_MODIFIED: Final = bad(
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
EDIT_NOT_FOUND: Final = bad("message to edit not found")
NOT_EDITABLE: Final = bad("message can't be edited")
DELETE_NOT_FOUND: Final = bad("message to delete not found")
NOT_DELETABLE: Final = bad("message can't be deleted")
COPY_NOT_FOUND: Final = bad("message to copy not found")
PIN_NOT_FOUND: Final = bad("message to pin not found")
REPLY_NOT_FOUND: Final = bad("message to be replied not found")
NO_RIGHTS: Final = bad("not enough rights to manage pinned messages in the chat")
THREAD_NOT_FOUND: Final = bad("message thread not found")
TOPIC_CLOSED: Final = bad("TOPIC_CLOSED")
BUTTON_TYPE_INVALID: Final = bad("BUTTON_TYPE_INVALID")
BUTTON_DATA_INVALID: Final = bad("BUTTON_DATA_INVALID")
WRONG_FILE: Final = bad("wrong file_id or the file is temporarily unavailable")
FILE_TOO_BIG: Final = bad("file is too big")
NO_FILE: Final = bad("there is no document in the request")
WRONG_TYPE: Final = bad("wrong type of the web page content")
WRONG_ALBUM: Final = bad("wrong number of media in the album")
MIXED_ALBUM: Final = bad("document can't be mixed with other media types")
QUERY_TOO_OLD: Final = bad("query is too old and response timeout expired or query ID is invalid")
MEMBER_UNKNOWN: Final = bad("member not found")
BAD_WEBHOOK: Final = bad("bad webhook: An HTTPS URL must be provided for webhook")
BAD_SECRET: Final = bad("secret token contains unallowed characters")
LONG_SECRET: Final = bad("secret token is too long")

BLOCKED: Final = forbidden("bot was blocked by the user")
DEACTIVATED: Final = forbidden("user is deactivated")
DELETED: Final = forbidden("the group chat was deleted")

UNAUTHORIZED: Final = Error(401, "Unauthorized", "")
NOT_FOUND: Final = Error(404, "Not Found", "")
METHOD_NOT_FOUND: Final = Error(404, "Not Found", "method not found")
POLLED_TWICE: Final = Error(
    409,
    "Conflict",
    "terminated by other getUpdates request; make sure that only one bot instance is running",
)
WEBHOOK_ACTIVE: Final = Error(
    409,
    "Conflict",
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first",
)
TOO_LARGE: Final = Error(413, "Request Entity Too Large", "")
TOO_MANY: Final = Error(429, "Too Many Requests", "retry after 5")
RESTARTING: Final = Error(500, "Internal Server Error", "restart")
INTERNAL: Final = Error(500, "Internal Server Error", "")

# What a fault says, by its kind.
BY_KIND: Final = {
    "restart": RESTARTING,
    "chat_not_found": CHAT_NOT_FOUND,
    "kicked": forbidden("bot was kicked from the supergroup chat"),
    "not_a_member": forbidden("bot is not a member of the supergroup chat"),
    "chat_deleted": DELETED,
    "blocked": BLOCKED,
    "deactivated": DEACTIVATED,
    "migrated": UPGRADED,
    "file_rejected": WRONG_TYPE,
    "file_unavailable": WRONG_FILE,
    "file_too_big": FILE_TOO_BIG,
    "polled_twice": POLLED_TWICE,
}

ERRORS: Final = ErrorTable(
    UNREADABLE,
    UNAUTHORIZED,
    NOT_FOUND,
    TOO_LARGE,
    TOO_MANY,
    by_kind=BY_KIND,
    internal=INTERNAL,
)
