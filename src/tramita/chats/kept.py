"""How long it is kept what was said in chats, and what we sent."""

from collections.abc import Sequence
from typing import Final

from tramita.chats.settings import ChatSettings
from tramita.kit.database.conditions import one_of
from tramita.kit.kept import Kept
from tramita.kit.outbox.lifecycle import OPEN

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="messages of chats",
        table="chat_messages",
        what="what was written in chats, with every text that it had and the files attached to it",
        stays="the chats themselves, and who is in them",
        age="created_at",
        settings=ChatSettings,
        days="keep_messages_days",
        order=("created_at", "id"),
    ),
    Kept(
        name="files handed in to chats",
        table="chat_assets",
        what="files that somebody put into a chat by the Mini App or our bot, without a message",
        stays="nothing",
        age="created_at",
        settings=ChatSettings,
        days="keep_messages_days",
        among="t.chat_message_id IS NULL",
    ),
    Kept(
        name="texts sent to chats",
        table="chat_sends",
        what="what we sent to chats, as it was to be sent, and the attempts to send it",
        stays="that it was sent, for which cause, and what became of it; the message in the chat's history",
        age="written_at",
        settings=ChatSettings,
        days="keep_sends_days",
        among="t.content IS NOT NULL",
        where="NOT EXISTS (SELECT FROM chat_deliveries AS o "
        f"WHERE o.send_id = t.id AND {one_of('o.state', OPEN)})",
        empties="content = NULL, file = NULL",
        also=[
            "DELETE FROM chat_attempts WHERE delivery_id IN (SELECT d.id FROM chat_deliveries AS d "
            "WHERE d.send_id IN (SELECT id FROM gone))"
        ],
    ),
    Kept(
        name="names of agents' own chats",
        table="chats",
        what="how agents are called whom we have written to by themselves",
        stays="the messenger's number of them, and what became of what was sent; those to whom something was sent lately",
        age="created_at",
        settings=ChatSettings,
        days="keep_sends_days",
        among="t.type = 'private' AND t.title <> ''",
        where="NOT EXISTS (SELECT FROM chat_sends AS o WHERE o.chat_id = t.id AND o.content IS NOT NULL)",
        empties="title = '', title_hash = NULL",
    ),
)
