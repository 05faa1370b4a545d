"""Methods that ask, and those about the bot itself."""

from dataclasses import dataclass

from tramita.providers.telegram.simulator import errors
from tramita.providers.telegram.simulator import requests as ask
from tramita.providers.telegram.simulator.callbacks import Callbacks
from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.records import Document
from tramita.simulation.front.asking import Refused


@dataclass(frozen=True, slots=True)
class Bot:
    """Asks as the bot."""

    there: Messenger
    callbacks: Callbacks
    request_id: str

    def get_me(self, _: ask.Ask) -> Document:
        """``getMe``."""
        return {
            **self.there.bot.shown(),
            "can_join_groups": True,
            "can_read_all_group_messages": not self.there.conditions.is_private,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def get_chat(self, wanted: ask.InChat) -> Document:
        """``getChat``: a ``ChatFullInfo``."""
        chat = self.there.for_bot(wanted.chat_id)
        shown = {
            **self.there.shown_chat(chat),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }
        pinned = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
        return shown | ({"pinned_message": self.there.shown(chat, pinned)} if pinned else {})

    def get_member(self, wanted: ask.OfMember) -> Document:
        """``getChatMember``: of others in a group it is sure only where the bot leads it."""
        chat = self.there.for_bot(wanted.chat_id)
        user = self.there.users.get(wanted.user_id)
        is_hidden = self.there.conditions.hides_members and not chat.is_led_by(self.there.bot)
        if user is None or (is_hidden and user is not self.there.bot and chat.is_group):
            raise Refused(errors.MEMBER_UNKNOWN)
        return self.there.shown_member(chat, user)

    def get_administrators(self, wanted: ask.InChat) -> list[Document]:
        """``getChatAdministrators``: no other bots are among them."""
        chat = self.there.for_bot(wanted.chat_id)
        users = [user for user in self.there.users.values() if chat.is_led_by(user)]
        return [self.there.shown_member(chat, user) for user in users]

    def count_members(self, wanted: ask.InChat) -> int:
        """``getChatMemberCount``."""
        chat = self.there.for_bot(wanted.chat_id)
        return sum(chat.has(user) for user in self.there.users.values())

    def leave(self, wanted: ask.InChat) -> bool:
        """``leaveChat``."""
        chat = self.there.for_bot(wanted.chat_id)
        self.there.become(chat, self.there.bot, "left", self.there.bot)
        self.there.world.record(
            "chat_left", subject=str(chat.id), request_id=self.request_id, data={}
        )
        return True

    def get_file(self, wanted: ask.GetFile) -> Document:
        """``getFile``."""
        return self.there.files.locate(wanted.file_id)

    def answer_callback(self, wanted: ask.AnswerCallback) -> bool:
        """``answerCallbackQuery``, in time."""
        self.callbacks.answer(wanted.callback_query_id, wanted.text)
        return True

    def set_commands(self, wanted: ask.SetCommands) -> bool:
        """``setMyCommands``."""
        self.there.commands = wanted.commands
        self._noted("commands_set")
        return True

    def get_commands(self, _: ask.Ask) -> list[Document]:
        """``getMyCommands``."""
        return self.there.commands

    def set_menu_button(self, _: ask.SetMenuButton) -> bool:
        """``setChatMenuButton``, which groups do not show."""
        self._noted("menu_button_set")
        return True

    def _noted(self, effect: str) -> None:
        bot = str(self.there.bot.id)
        self.there.world.record(effect, subject=bot, request_id=self.request_id, data={})
