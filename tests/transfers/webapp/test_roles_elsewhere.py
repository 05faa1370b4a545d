"""The table of roles at every other door of the Mini App: files, messages, documents, notes, whose it is."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from tests.transfers.webapp.lobby import APPLICATION, ASSETS, Lobby, Visitor, form
from tests.transfers.webapp.test_doors import JOBS, MESSAGES
from tests.transfers.webapp.test_inside import HAND_OVER, NOTES
from tests.transfers.webapp.test_roles import PEOPLE, look, standing_in
from tests.web.conftest import Answer
from tramita.transfers.documents import list_documents
from tramita.transfers.lifecycle import ACTIVE, ApplicationState
from tramita.transfers.model import Application
from tramita.transfers.rules.permissions import Action, may
from tramita.transfers.rules.roles import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

# As what a door is closed: by role, since the form is, or since it counts not yet or no more.
CLOSED: Final = {(403, "role_forbidden"), (409, "read_only"), (409, "status_forbids")}
# Each asks for another document: one that is asked for twice is refused for that.
_ASKED: Final = {Role.CLIENT: "act", Role.AGENT: "order", Role.MANAGER: "invoice"}


async def tried(
    lobby: Lobby, visitor: Visitor, role: Role, made: Application
) -> AsyncIterator[tuple[Action, Answer]]:
    """Somebody tries every door but those of moves and of the form."""
    said = {"message_id": 7, "date": 1_764_000_000, "text": "x"}
    attached = form(f"%PDF-1.7 of {role}".encode(), kind="contract")
    same = {"agent_id": str(lobby.house.agent)}
    yield Action.UPLOAD, await visitor.ask("POST", ASSETS, data=attached)
    async with lobby.house.database.reading() as work:
        document = (await list_documents(work, made.id))[-1].id
    yield (
        Action.REQUEST_DOCUMENT,
        await visitor.ask("POST", JOBS, json={"kind": _ASKED.get(role, "act")}),
    )
    yield (
        Action.SEND_DOCUMENT,
        await visitor.ask("POST", f"/chats/current/documents/{document}/send"),
    )
    yield Action.STORE_MESSAGE, await visitor.ask("POST", MESSAGES, json=said)
    yield Action.IMPORT_MESSAGES, await visitor.ask("POST", f"{MESSAGES}:batch", json={"items": []})
    yield Action.SEE_MESSAGES, await visitor.ask("GET", MESSAGES)
    yield Action.WRITE_NOTE, await visitor.ask("POST", NOTES, json={"text": "x"})
    yield Action.SEE_NOTES, await visitor.ask("GET", NOTES)
    yield Action.HAND_OVER, await visitor.ask("POST", HAND_OVER, json=same)


@pytest.mark.parametrize("state", sorted(ACTIVE))
async def test_every_door_is_as_the_table_says(lobby: Lobby, state: ApplicationState) -> None:
    """Whoever may comes in, and whoever may not is refused by name; where it stands is as before."""
    room, made = await standing_in(lobby, state)
    wrong = []
    for role, person in PEOPLE.items():
        visitor = await lobby.visit(room, person)
        async for action, said in tried(lobby, visitor, role, made):
            is_in, told = said.status < 300, (said.status, said.body.get("code"))
            if is_in != may(role, state, action) or not (is_in or told in CLOSED):
                wrong.append(f"{role} {action}: {told}")
        shown = (await visitor.ask("GET", f"{APPLICATION}?include=documents,offer")).body
        if (shown["onec"] is not None) != may(role, state, Action.SEE_ONEC):
            wrong.append(f"{role} sees {shown['onec']} of 1C")

    assert not wrong, "\n".join(wrong)
    after = await look(lobby, made.id)
    assert (made.state, made.payment_state, made.revision, made.agent_id) == (
        after.state,
        after.payment_state,
        after.revision,
        after.agent_id,
    )


async def test_our_bot_has_its_own_doors_alone(lobby: Lobby) -> None:
    """What is said and sent in the chat, and how things stand; it moves, fills in and notes nothing."""
    room, made = await standing_in(lobby, ApplicationState.DRAFT)
    bot = await lobby.bot()
    said = {"message_id": 7, "date": 1_764_000_000, "text": "x"}
    at = f"/chats/{room.number}"
    taken = [
        await bot.ask("POST", f"{at}/messages", json=said),
        await bot.ask("POST", f"{at}/messages:batch", json={"items": []}),
        await bot.ask("POST", f"{at}/assets", data=form(kind="contract")),
        await bot.ask("GET", f"{at}/application"),
    ]
    refused = [
        await bot.ask("PATCH", f"{at}/application", json={}, headers={"If-Match": "*"}),
        await bot.ask("POST", f"{at}/application/status", json={"axis": "payment", "to": "none"}),
        await bot.ask("POST", f"{at}/application/agent", json={"agent_id": str(made.id)}),
        await bot.ask("POST", f"{at}/document-jobs", json={"kind": "act"}),
        await bot.ask("GET", f"{at}/messages"),
        await bot.ask("GET", f"{at}/notes"),
        await bot.ask("POST", f"{at}/notes", json={"text": "x"}),
        await bot.ask("GET", f"{at}/offer"),
    ]

    assert [201, 200, 201, 200] == [one.status for one in taken]
    assert {401} == {one.status for one in refused}
    assert taken[3].body["onec"] is None
