"""An application that is given back to be corrected: whom it concerns is told, and why."""

from uuid import UUID

import msgspec
import pytest

from tests.transfers.webapp.lobby import AGENT, APPLICATION, Lobby
from tests.transfers.webapp.test_doors import application_of, filled
from tramita.chats.letters import CONTENT
from tramita.transfers.lifecycle import ApplicationTrigger as T

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATUS = f"{APPLICATION}/status"
BACK = {"axis": "application", "to": "draft"}
WHY = "ИНН другой компании"
EN, RU = {"Accept-Language": "en"}, {"Accept-Language": "ru"}


async def told(lobby: Lobby, application_id: UUID) -> list[str]:
    """What the chat was told of it beside the card."""
    async with lobby.house.database.reading() as work:
        rows = await work.fetch(
            "SELECT content::text FROM chat_sends WHERE subject_id = $1 AND cause LIKE 'returned:%'",
            application_id,
        )
        sent = [work.keys.decrypt_json(row["content"], CONTENT) for row in rows]
    return [msgspec.json.decode(one)["text"]["body"] for one in sent]


class TestTheClient:
    @pytest.mark.parametrize("trigger", [T.SUBMIT, T.CHECK])
    async def test_is_told_by_the_chat_and_reads_why(self, lobby: Lobby, trigger: T) -> None:
        """Whatever it was before; the chat has no word of the reason, which many read there."""
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        who = lobby.house.as_client if trigger is T.SUBMIT else None
        await lobby.house.move(found.id, trigger, who)
        agent = await lobby.visit(room, AGENT)

        done = await agent.ask("POST", STATUS, json=BACK | {"reason": WHY}, headers=EN)

        assert 200 == done.status
        [message] = await told(lobby, found.id)
        assert message.endswith(
            "Заявка возвращена на исправление. Что исправить, написано в ней самой."
        )
        assert WHY not in message
        pages = [(await one.look()).body for one in (client, agent)]
        assert [True, True] == [WHY in page for page in pages]

    async def test_is_told_of_no_reason_where_there_is_none(self, lobby: Lobby) -> None:
        """It came back, and that is all; the form may be filled in as ever."""
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        await lobby.house.move(found.id, T.SUBMIT, lobby.house.as_client)

        await (await lobby.visit(room, AGENT)).ask("POST", STATUS, json=BACK)

        [message] = await told(lobby, found.id)
        assert message.endswith("Заявка возвращена на исправление.")
        assert 'id="form"' in (await client.look()).body

    async def test_is_told_nothing_of_what_they_do_themselves(self, lobby: Lobby) -> None:
        """Who takes back what they have sent knows it."""
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        await lobby.house.move(found.id, T.SUBMIT, lobby.house.as_client)

        done = await client.ask("POST", STATUS, json=BACK)

        assert (200, "draft") == (done.status, done.body["state"])
        assert [] == await told(lobby, found.id)


class TestTheAgent:
    async def test_is_asked_why(self, lobby: Lobby) -> None:
        """By the button; a client's own has no question."""
        room, client = await filled(lobby)
        found = await application_of(lobby, room)
        await lobby.house.move(found.id, T.SUBMIT, lobby.house.as_client)

        pages = [(await one.look()).body for one in (client, await lobby.visit(room, AGENT))]

        buttons = [page.split('id="act-application-draft"')[1].split(">")[0] for page in pages]
        assert [False, True] == ['data-reason="may"' in one for one in buttons]
        assert [False, True] == ["data-question=" in one for one in buttons]
