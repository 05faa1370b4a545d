"""A chat in which everything that is kept of people is written, once."""

from pathlib import Path
from uuid import UUID

from tests.chats.messenger import AGENT, CLIENT, GROUP, TENANT, at, message
from tramita.chats import cards
from tramita.chats.attaching import Handed, save_asset
from tramita.chats.letters import OPEN
from tramita.chats.messages import Source, message_of, save_all
from tramita.chats.ports import Asset, Button, Text
from tramita.chats.registry import add_chats, bind, find_chats, note_looks
from tramita.chats.sending import send_text
from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.live import Live
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings


async def converse(database: Database, folder: Path, name: str) -> UUID:
    """A client of this name writes, edits and attaches; we answer. Answers the chat."""
    runtime = Runtime(Settings(data_dir=folder), database, Live(database.connect))
    client = CLIENT.__class__(CLIENT.id, name, username=name.replace(" ", "_"))
    async with database.unit_of_work(actor="test") as work:
        await add_chats(work, "telegram", {GROUP.id: GROUP})
        chat = (await find_chats(work, [GROUP.id]))[GROUP.id]
        await bind(work, chat.id, TENANT, AGENT.id)
        await note_looks(work, {chat.id: GROUP.__class__(GROUP.id, GROUP.type, f"For {name}")})
        attached = Asset("document", "", "unique", f"{name}.pdf", "application/pdf", 5)
        said = message(1, f"I am {name}", sender=client, assets=[attached])
        edited = message(1, f"I am still {name}", sender=client, edited_at=at(9))
        given = [message_of(chat.id, GROUP.id, n, one) for n, one in enumerate((said, edited))]
        await save_all(work, "telegram", Source.UPDATE, given)
        text = Text(f"Good day, {name}", buttons=[[Button("Open", OPEN)]])
        await cards.show(work, chat.id, new_id(), text)
        await send_text(work, chat.id, text)
    handed = Handed(f"{name}.pdf", b"%PDF-1.7 of " + name.encode())
    await save_asset(runtime, chat.id, handed, actor="test")
    return chat.id
