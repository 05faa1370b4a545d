"""What the methods of this simulated Bot API are asked; unknown members pass, as there."""

from typing import Any

import msgspec


class Ask(msgspec.Struct):
    """A method without parameters that mean anything."""


class InChat(Ask, kw_only=True):
    """About a chat."""

    chat_id: int


class OfMessage(InChat, kw_only=True):
    """About a message in it."""

    message_id: int


class OfMember(InChat, kw_only=True):
    """About somebody in it."""

    user_id: int


class Reply(msgspec.Struct):
    """``reply_parameters``."""

    message_id: int
    allow_sending_without_reply: bool = False


class Sending(InChat, kw_only=True):
    """What is said of everything that is sent."""

    message_thread_id: int | None = None
    reply_parameters: Reply | None = None
    reply_to_message_id: int | None = None
    reply_markup: dict[str, Any] | None = None
    disable_notification: bool = False
    parse_mode: str = ""


class SendMessage(Sending, kw_only=True):
    """``sendMessage``."""

    text: str = ""


class SendDocument(Sending, kw_only=True):
    """``sendDocument``; a file is an id, an address, or ``attach://`` something."""

    document: str = ""
    caption: str = ""


class SendPhoto(Sending, kw_only=True):
    """``sendPhoto``."""

    photo: str = ""
    caption: str = ""


class Medium(msgspec.Struct):
    """One of an album."""

    type: str
    media: str
    caption: str = ""
    parse_mode: str = ""


class SendMediaGroup(Sending, kw_only=True):
    """``sendMediaGroup``."""

    media: list[Medium]


class CopyMessage(Sending, kw_only=True):
    """``copyMessage``."""

    from_chat_id: int
    message_id: int


class EditText(OfMessage, kw_only=True):
    """``editMessageText``."""

    text: str = ""
    parse_mode: str = ""
    reply_markup: dict[str, Any] | None = None


class EditCaption(OfMessage, kw_only=True):
    """``editMessageCaption``."""

    caption: str = ""
    parse_mode: str = ""
    reply_markup: dict[str, Any] | None = None


class EditMarkup(OfMessage, kw_only=True):
    """``editMessageReplyMarkup``."""

    reply_markup: dict[str, Any] | None = None


class GetFile(Ask, kw_only=True):
    """``getFile``."""

    file_id: str


class AnswerCallback(Ask, kw_only=True):
    """``answerCallbackQuery``."""

    callback_query_id: str
    text: str = ""


class SetCommands(Ask, kw_only=True):
    """``setMyCommands``."""

    commands: list[dict[str, Any]]


class SetMenuButton(Ask, kw_only=True):
    """``setChatMenuButton``; without a chat it is everybody's."""

    chat_id: int | None = None
    menu_button: dict[str, Any] | None = None


class SetWebhook(Ask, kw_only=True):
    """``setWebhook``; an empty address removes it."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    allowed_updates: list[str] | None = None
    drop_pending_updates: bool = False


class DeleteWebhook(Ask, kw_only=True):
    """``deleteWebhook``."""

    drop_pending_updates: bool = False


class GetUpdates(Ask, kw_only=True):
    """``getUpdates``."""

    offset: int = 0
    limit: int = 100
    timeout: int = 0
    allowed_updates: list[str] | None = None
