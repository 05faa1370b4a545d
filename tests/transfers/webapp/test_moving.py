"""A group that becomes a supergroup in the middle of it all: one application, under both its numbers."""

import pytest

from tests.transfers.pricing import price
from tests.transfers.webapp.lobby import AGENT, APPLICATION, CLIENT, Lobby, Visitor
from tests.transfers.webapp.test_doors import application_of, filled
from tramita.chats.moving import move_chat

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ids_under(visitor: Visitor, *numbers: int) -> list[object]:
    """Which application somebody finds under each number of the chat."""
    said = [await visitor.ask("GET", f"/chats/{one}/application") for one in numbers]
    return [one.body.get("id", one.body.get("code")) for one in said]


async def test_an_application_goes_on_when_its_group_gets_another_number(lobby: Lobby) -> None:
    """Whoever has it open goes on, by the old number and the new; nobody begins a second one."""
    room, client = await filled(lobby)
    found, new = await application_of(lobby, room), room.number - 1_000_000_000_000
    agent = await lobby.visit(room, AGENT)
    await lobby.house.bring_invoice(found.id)
    async with lobby.house.database.unit_of_work(actor="telegram") as work:
        await move_chat(work, room.number, new)

    numbers = (room.number, new)
    assert [str(found.id)] * 4 == [
        *await ids_under(client, *numbers),
        *await ids_under(agent, *numbers),
    ]
    for number in numbers:
        second = await client.ask("POST", f"/chats/{number}/application", json={})
        assert (409, "application_exists") == (second.status, second.body["code"])
    checking = {"axis": "application", "to": "new_in_house"}
    checked = await agent.ask("POST", f"/chats/{room.number}/application/status", json=checking)
    assert 200 == checked.status
    await price(lobby.house, await application_of(lobby, room))
    # Whoever presses the same button later comes from a chat that has another name, too.
    again = await lobby.visit(room, CLIENT, chat_instance="778899")
    shown = (await again.ask("GET", APPLICATION)).body
    assert (str(found.id), "offer_accepted", False) == (
        shown["id"],
        shown["status"],
        shown["editable"],
    )
    rows = await lobby.house.database.fetch(
        "SELECT count(*) AS n FROM applications WHERE chat_id = $1", room.id
    )
    assert 1 == rows[0]["n"]
