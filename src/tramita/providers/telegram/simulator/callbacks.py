"""Buttons that somebody has pressed, and what the bot says to them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tramita.providers.telegram.simulator.errors import QUERY_TOO_OLD, bad
from tramita.providers.telegram.simulator.messenger import Messenger
from tramita.providers.telegram.simulator.records import Chat, Message, User
from tramita.simulation.front.asking import Refused

_ANSWERABLE_FOR: Final = timedelta(seconds=30)
_LONGEST_ANSWER: Final = 200


@dataclass(slots=True)
class Callbacks:
    """Every press, and its answer."""

    there: Messenger
    asked: dict[str, datetime] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    def press(self, chat: Chat, message: Message, user: User, data: str) -> str:
        """Somebody presses; answers the query's number."""
        query = str(self.there.world.random.getrandbits(60))
        self.asked[query] = self.there.now()
        content = {
            "id": query,
            "from": user.shown(),
            "message": self.there.shown(chat, message),
            "chat_instance": str(chat.instance),
            "data": data,
        }
        self.there.updates.tell("callback_query", content, chat=chat.id, queue="callback_query")
        return query

    def answer(self, query: str, text: str) -> None:
        """The bot answers; raise ``Refused`` where nobody waits any more."""
        asked = self.asked.get(query)
        if asked is None or self.there.now() - asked > _ANSWERABLE_FOR:
            raise Refused(QUERY_TOO_OLD)
        if len(text) > _LONGEST_ANSWER:
            raise Refused(bad("MESSAGE_TOO_LONG"))
        self.answers[query] = text

    def forget(self) -> None:
        """Nobody has pressed anything."""
        self.asked.clear()
        self.answers.clear()
