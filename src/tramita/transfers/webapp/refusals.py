"""What people in chats are told when something is not done: by the error's code, in their language."""

from collections.abc import Mapping
from typing import Final

from tramita.kit.errors import FieldError
from tramita.kit.languages.words import Words, to_translate
from tramita.transfers.rules.faults import Fault

SAID: Final[Mapping[str, str]] = {
    "init_data_invalid": to_translate(
        "Telegram does not vouch for this opening. Open the application anew from the chat."
    ),
    "init_data_expired": to_translate(
        "The application was opened too long ago. Close it and open it anew from the chat."
    ),
    "session_expired": to_translate("Your time here is over. Open the application anew."),
    "not_chat_member": to_translate("Only members of the chat can open this."),
    "agent_not_whitelisted": to_translate(
        "You are not on the list of agents any more. Ask your manager."
    ),
    "agent_unavailable": to_translate(
        "The agent is not on the list any more. A manager hands the application over to another one."
    ),
    "wrong_agent": to_translate("This chat is led by another agent."),
    "chat_mismatch": to_translate("The application was opened from another chat."),
    "role_forbidden": to_translate("You cannot do this."),
    "chat_not_bound": to_translate(
        "This chat is not activated: an agent has to add the bot to it."
    ),
    "application_not_found": to_translate("There is no application in this chat."),
    "version_conflict": to_translate(
        "Somebody has changed the application meanwhile. Look at what stands there now."
    ),
    "read_only": to_translate("The application can no longer be changed here."),
    "invalid_transition": to_translate("The application cannot take this step now."),
    "application_exists": to_translate("There is an application in this chat already."),
    "telegram_channel_disabled": to_translate("Applications from chats are not open for you yet."),
    "onec_in_work": to_translate("1C is working on the application; it cannot be taken back."),
    "onec_refused": to_translate("1C does not let this be cancelled: money has come already."),
    "status_forbids": to_translate("This cannot be done while the application stands there."),
    "closing_documents_missing": to_translate(
        "The closing documents have not come yet. Wait for them, or give a reason."
    ),
    "duplicate_job": to_translate("Such a document is being made already."),
    "no_offer": to_translate("There are no conditions yet."),
    "too_large": to_translate("The file is too large."),
    "type_not_allowed": to_translate(
        "Such files are not taken. Send a PDF, a picture, a document or table, or a ZIP archive."
    ),
    "mime_mismatch": to_translate("The file is not what its name says."),
    "telegram_file_unavailable": to_translate("Telegram does not have this file any more."),
    "user_unknown": to_translate("There is no such user."),
    "asset_not_found": to_translate("There is no such file."),
    "document_not_found": to_translate("There is no such document."),
    "validation_failed": to_translate("Some fields are to be filled in otherwise."),
    "onec_unavailable": to_translate("1C does not answer just now. Please try again later."),
    "messenger_unavailable": to_translate("Telegram does not answer just now. Please try again."),
    "membership_unknown": to_translate("Telegram does not answer just now. Please try again."),
    "rate_limited": to_translate("Too much at once. Wait a moment and try again."),
    "quota_exceeded": to_translate("Too much at once. Wait a moment and try again."),
    "internal_error": to_translate("Something went wrong on our side. Please try again later."),
    "database_unreachable": to_translate(
        "We cannot answer just now. Please try again in a moment."
    ),
}

_FIELDS: Final[Mapping[str, str]] = {
    "missing": to_translate("Fill this in."),
    "unknown_field": to_translate("There is no such field."),
    "wrong_type": to_translate("This is not the kind of value that belongs here."),
    "too_long": to_translate("This is too long."),
}


def message_of(code: str, english: str, words: Words) -> str:
    """Why, as a sentence; what nobody here can bring about stays in English."""
    return words.gettext(SAID[code]) if code in SAID else english


def hint_of(error: FieldError, words: Words) -> str:
    """What to do about a field."""
    if isinstance(error, Fault):
        return error.hint(words)
    return words.gettext(_FIELDS[error.code]) if error.code in _FIELDS else error.message
