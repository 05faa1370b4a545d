"""What chats serve; what they bring to every process is in ``area``."""

from pathlib import Path
from typing import Final

from tramita.chats.acts import FETCH
from tramita.chats.api.chats import ChatsController
from tramita.chats.api.updates import receive_update
from tramita.chats.console.chats import ChatPages
from tramita.console.things import page_of_whole, pages_in
from tramita.kit.http.area import AreaRoutes

ROUTES: Final = AreaRoutes(
    handlers=[ChatsController, receive_update],
    console=[ChatPages],
    rooms={"chats": "Chats"},
    pages={"chat": pages_in("chats")},
    subjects={FETCH.name: page_of_whole},
    templates=Path(__file__).parent / "templates",
    tags={
        "Chats": """\
Groups of a messenger in which our bot is: who is there, what was said there, what we sent.

A chat belongs to the tenant of the agent who added the bot. Each message is kept once, with every text that it \
had. What may stand in a chat already is not sent again by itself (`unknown`): somebody who has looked sends it \
again.
"""
    },
)
