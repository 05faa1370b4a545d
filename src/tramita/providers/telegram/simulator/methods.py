"""The methods of the simulated Bot API, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tramita.providers.telegram.simulator import requests as ask
from tramita.providers.telegram.simulator.asking import Bot
from tramita.providers.telegram.simulator.sending import Sender
from tramita.providers.telegram.simulator.webhook import Registration


@dataclass(frozen=True, slots=True)
class Caller:
    """The bot in one of its requests, and all that it can do."""

    sender: Sender
    bot: Bot
    webhook: Registration


Method = tuple[type[ask.Ask], Callable[[Caller], Callable[[Any], object]]]

POLL: Final = "getUpdates"
METHODS: Final[Mapping[str, Method]] = {
    "getMe": (ask.Ask, lambda one: one.bot.get_me),
    "setWebhook": (ask.SetWebhook, lambda one: one.webhook.set),
    "deleteWebhook": (ask.DeleteWebhook, lambda one: one.webhook.delete),
    "getWebhookInfo": (ask.Ask, lambda one: one.webhook.info),
    POLL: (ask.GetUpdates, lambda one: one.webhook.fetch),
    "sendMessage": (ask.SendMessage, lambda one: one.sender.send_message),
    "sendDocument": (ask.SendDocument, lambda one: one.sender.send_document),
    "sendPhoto": (ask.SendPhoto, lambda one: one.sender.send_photo),
    "sendMediaGroup": (ask.SendMediaGroup, lambda one: one.sender.send_media_group),
    "copyMessage": (ask.CopyMessage, lambda one: one.sender.copy_message),
    "editMessageText": (ask.EditText, lambda one: one.sender.edit_text),
    "editMessageCaption": (ask.EditCaption, lambda one: one.sender.edit_caption),
    "editMessageReplyMarkup": (ask.EditMarkup, lambda one: one.sender.edit_markup),
    "deleteMessage": (ask.OfMessage, lambda one: one.sender.delete_message),
    "pinChatMessage": (ask.OfMessage, lambda one: one.sender.pin),
    "unpinChatMessage": (ask.OfMessage, lambda one: one.sender.unpin),
    "getChat": (ask.InChat, lambda one: one.bot.get_chat),
    "getChatMember": (ask.OfMember, lambda one: one.bot.get_member),
    "getChatAdministrators": (ask.InChat, lambda one: one.bot.get_administrators),
    "getChatMemberCount": (ask.InChat, lambda one: one.bot.count_members),
    "leaveChat": (ask.InChat, lambda one: one.bot.leave),
    "getFile": (ask.GetFile, lambda one: one.bot.get_file),
    "answerCallbackQuery": (ask.AnswerCallback, lambda one: one.bot.answer_callback),
    "setMyCommands": (ask.SetCommands, lambda one: one.bot.set_commands),
    "getMyCommands": (ask.Ask, lambda one: one.bot.get_commands),
    "setChatMenuButton": (ask.SetMenuButton, lambda one: one.bot.set_menu_button),
}
BY_NAME: Final = {name.lower(): name for name in METHODS}
