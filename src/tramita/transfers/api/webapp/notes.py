"""``/api/webapp/v1/chats/{chat}/notes``: what agents note down for one another; clients have no part in it."""

from litestar import Controller, get, post
from litestar.params import JSONBody

from tramita.kit.http.answers import answered
from tramita.kit.http.dependencies import FromRuntime
from tramita.transfers.api.schemas import NoteBody, NotesAnswer
from tramita.transfers.api.webapp import BASE
from tramita.transfers.api.webapp.access import PEOPLE
from tramita.transfers.api.webapp.chats import HERE, FromHere
from tramita.transfers.errors import RoleForbidden
from tramita.transfers.notes import NoteView, add_note, list_notes
from tramita.transfers.rules.permissions import Action
from tramita.transfers.webapp.reading import get_of_chat, may_here


class ChatNotes(Controller):
    """Notes on a chat's application."""

    path = f"{BASE}/chats/{{chat:str}}/notes"
    tags = ["Mini App"]  # noqa: RUF012 - Litestar's own declaration
    dependencies = HERE

    @get(opt=PEOPLE)
    async def show(self, runtime: FromRuntime, here: FromHere) -> NotesAnswer:
        """What agents and managers noted down; 403 to a client."""
        async with runtime.database.unit_of_work() as work:
            found = await get_of_chat(work, here.chat)
            if not may_here(found, here.who.role, Action.SEE_NOTES):
                raise RoleForbidden(role=here.who.role, action=Action.SEE_NOTES)
            return NotesAnswer(await list_notes(work, found.id))

    @post(opt=PEOPLE | {"idempotent": True})
    async def add(self, data: JSONBody[NoteBody], runtime: FromRuntime, here: FromHere) -> NoteView:
        """Note something down for the others who work on it."""
        async with runtime.database.unit_of_work(actor=here.who.name) as work:
            found = await get_of_chat(work, here.chat)
            return await answered(work, await add_note(work, found.id, data.text, here.who))
