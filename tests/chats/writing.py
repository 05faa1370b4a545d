"""What tests write into chats by the area's own means, and what stands there then."""

from uuid import UUID

from tests.chats.messenger import GROUP, House
from tramita.chats import cards, queries
from tramita.chats.letters import OPEN
from tramita.chats.ports import Button, Text
from tramita.chats.sending import send_text

LINK = [[Button("Open", OPEN)]]


async def write(house: House, *texts: str, chat: int = GROUP.id, cause: str | None = None) -> UUID:
    """Write texts into a chat; answers the last send."""
    known = await house.chat(chat)
    async with house.database.unit_of_work(actor="test") as work:
        sends = [await send_text(work, known.id, Text(one), cause=cause) for one in texts]
    assert sends[-1] is not None
    return sends[-1]


async def show(house: House, subject: UUID, text: str, chat: int = GROUP.id) -> None:
    """Show a card."""
    known = await house.chat(chat)
    async with house.database.unit_of_work(actor="test") as work:
        await cards.show(work, known.id, subject, Text(text, buttons=LINK))


async def timeline(house: House, chat: int = GROUP.id) -> list[str]:
    """What stands in a chat by us, the oldest first."""
    known = await house.chat(chat)
    async with house.database.unit_of_work() as work:
        found = await queries.list_messages(work, known.id, before=None, limit=200)
    return [one.text for one in found if one.is_ours][::-1]
